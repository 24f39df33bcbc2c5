import { crc32, deflateSync } from 'node:zlib';
import type { Raster } from '@armature/sdk';

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const colourTypes = { 1: 0, 3: 2, 4: 6 } as const;

/** An 8-bit PNG, at once: matchers are synchronous, and the engine's encoder is not. */
export function png(image: Raster): Uint8Array {
  const { width, height, channels } = image;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  header[9] = colourTypes[channels];
  const bytes = image.toBytes();
  const rows = Buffer.alloc(height * (width * channels + 1));
  for (let y = 0; y < height; y++)
    rows.set(bytes.subarray(y * width * channels, (y + 1) * width * channels), y * (width * channels + 1) + 1);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const out = Buffer.alloc(data.length + 12);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, 'latin1');
  out.set(data, 8);
  out.writeUInt32BE(crc32(out.subarray(4, data.length + 8)), data.length + 8);
  return out;
}
