import { readFileSync, writeFileSync } from 'node:fs';

interface HeaderEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

const KEY = 'model.diffusion_model.input_blocks.0.0.weight';

/**
 * Writes a copy of an f16 checkpoint whose UNet takes `channels` input channels: 8 makes an instruct-pix2pix, 9 an inpainting
 * checkpoint. The new weights are `value`, the others stay.
 */
export function writeWidenedCheckpoint(from: string, to: string, channels: number, value = 0): void {
  const file = readFileSync(from);
  const headerLength = Number(file.readBigUInt64LE());
  const header = JSON.parse(file.subarray(8, 8 + headerLength).toString()) as Record<string, HeaderEntry>;
  const data = file.subarray(8 + headerLength);
  const entry = header[KEY];
  if (entry?.dtype !== 'F16') throw new Error(`${from} has no f16 tensor ${KEY}`);
  const [width = 0, known = 0] = entry.shape;
  const kernel = 3 * 3 * 2;
  const weights = Buffer.alloc(width * channels * kernel);
  const fill = halfBits(value);
  for (let at = 0; at < weights.length; at += 2) weights.writeUInt16LE(fill, at);
  for (let out = 0; out < width; out++) {
    const source = entry.data_offsets[0] + out * known * kernel;
    data.copy(weights, out * channels * kernel, source, source + known * kernel);
  }
  const [start, end] = entry.data_offsets;
  const growth = weights.length - (end - start);
  for (const other of Object.values(header)) {
    if (other.data_offsets && other.data_offsets[0] >= end)
      other.data_offsets = [other.data_offsets[0] + growth, other.data_offsets[1] + growth];
  }
  entry.shape = [width, channels, 3, 3];
  entry.data_offsets = [start, start + weights.length];
  const text = JSON.stringify(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(text)));
  writeFileSync(to, Buffer.concat([length, Buffer.from(text), data.subarray(0, start), weights, data.subarray(end)]));
}

/** A power of two, or 0, as a half float. */
const halfBits = (value: number): number => (value === 0 ? 0 : (Math.log2(value) + 15) << 10);
