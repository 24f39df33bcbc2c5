import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { Raster } from '@armature/sdk';

/** A tensor of a file that a test writes. */
export interface WrittenTensor {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** Vectors that are the same every time. */
export const vectors = (count: number, width: number, seed = 1): WrittenTensor => ({
  shape: [count, width],
  values: Array.from({ length: count * width }, (_, at) => Math.fround(Math.sin(seed + at))),
});

/** Bytes of a safetensors file of float32 tensors. */
export function safetensors(tensors: Readonly<Record<string, WrittenTensor>>): Uint8Array {
  let at = 0;
  const header = Object.entries(tensors).map(([key, { shape, values }]) => {
    const start = at;
    at += 4 * values.length;
    return [key, { dtype: 'F32', shape, data_offsets: [start, at] }] as const;
  });
  const text = Buffer.from(JSON.stringify(Object.fromEntries(header)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const numbers = Float32Array.from(Object.values(tensors).flatMap(({ values }) => values));
  return Buffer.concat([length, text, Buffer.from(numbers.buffer)]);
}

/** The JSON that a picture carries. */
export function pictureJson(name: string, { shape, values }: WrittenTensor): string {
  const [count = 0, width = 0] = shape;
  const rows = Array.from({ length: count }, (_, row) => values.slice(row * width, (row + 1) * width));
  return JSON.stringify({ name, step: 7, string_to_param: { '*': { TORCHTENSOR: rows } } });
}

/** A picture with text hidden in the low bits left and right of two black columns, within a black frame. */
export function hidingPicture(json: string, rows = 32): Raster {
  const bytes = deflateSync(json);
  const columns = Math.ceil(bytes.length / (rows * 3));
  const [width, height] = [2 * columns + 2 + 4, rows + 4];
  const pixels = new Uint8Array(width * height * 3);
  let seed = 0;
  for (let at = 0; at < columns * rows * 3; at++) {
    seed = (Math.imul(1_664_525, seed) + 1_013_904_223) >>> 0;
    const mask = (seed % 255) & 0x0f;
    const byte = bytes[at] ?? 0;
    const [row, column] = [Math.floor(at / (columns * 3)), at % (columns * 3)];
    const place = ((row + 2) * width + 2) * 3 + column;
    pixels[place] = 0x50 | ((byte & 0x0f) ^ mask);
    pixels[place + (columns + 2) * 3] = 0x50 | ((byte >> 4) ^ mask);
  }
  return new Raster(pixels, { width, height, channels: 3 });
}

/** A models root with a folder for embeddings, in the system's folder for temporary files. */
export async function embeddingFolder(): Promise<{ readonly root: string; put(name: string, bytes: Uint8Array): Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'armature-ti-'));
  const folder = join(root, 'embeddings');
  await mkdir(join(folder, 'below'), { recursive: true });
  // A root with a models folder is a webui's: embeddings lie beside it.
  await mkdir(join(root, 'models', 'VAE'), { recursive: true });
  return { root, put: (name, bytes) => writeFile(join(folder, name), bytes) };
}
