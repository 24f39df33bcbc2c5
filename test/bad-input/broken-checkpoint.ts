import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tinyModelFolder } from '@armature/tiny-model';
import { onTestFinished } from 'vitest';

const tiny = join(tinyModelFolder, 'Stable-diffusion', 'tiny-sd1.safetensors');

/** A models folder with one checkpoint `broken.safetensors`, made from the tiny model's bytes. */
export function modelsWith(change: (bytes: Buffer) => Buffer): string {
  const root = mkdtempSync(join(tmpdir(), 'armature-broken-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const folder = join(root, 'Stable-diffusion');
  mkdirSync(folder);
  writeFileSync(join(folder, 'broken.safetensors'), change(readFileSync(tiny)));
  copyFileSync(tiny.replace('.safetensors', '.yaml'), join(folder, 'broken.yaml'));
  cpSync(join(tinyModelFolder, 'Stable-diffusion', 'tiny-sd1-clip'), join(folder, 'tiny-sd1-clip'), { recursive: true });
  return root;
}

interface Header {
  [key: string]: { dtype: string; shape: number[]; data_offsets: [number, number] };
}

/** Rewrites the header; the data stays. */
export function withHeader(bytes: Buffer, change: (header: Header) => void): Buffer {
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString()) as Header;
  change(header);
  const text = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([size, text, bytes.subarray(8 + length)]);
}

/** Overwrites one tensor with half-precision NaN. */
export function withNaN(bytes: Buffer, key: string): Buffer {
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString()) as Header;
  const [start, end] = header[key]?.data_offsets ?? [0, 0];
  const out = Buffer.from(bytes);
  for (let at = 8 + length + start; at < 8 + length + end; at += 2) out.writeUInt16LE(0x7e00, at);
  return out;
}

/** A well-formed safetensors file that holds something else. */
export function otherSafetensors(): Buffer {
  const header = Buffer.from(JSON.stringify({ 'layers.0.weight': { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] } }));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([size, header, Buffer.alloc(16)]);
}

/** Appends a first convolution of 7 input channels, which no kind of checkpoint has. */
export function withInputChannels(bytes: Buffer, key: string, channels: number): Buffer {
  const length = Number(bytes.readBigUInt64LE(0));
  const data = bytes.length - 8 - length;
  const size = 64 * channels * 9 * 2;
  const changed = withHeader(bytes, (header) => {
    header.unused = header[key] as Header[string];
    header[key] = { dtype: 'F16', shape: [64, channels, 3, 3], data_offsets: [data, data + size] };
  });
  return Buffer.concat([changed, Buffer.alloc(size)]);
}
