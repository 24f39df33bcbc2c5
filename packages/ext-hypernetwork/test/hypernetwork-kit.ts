import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A tensor of a file that a test writes. */
export interface WrittenTensor {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** Numbers between −1 and 1 that are the same every time: sin(seed), sin(seed + 1), … */
export const filled = (shape: readonly number[], seed: number, scale = 1): WrittenTensor => ({
  shape,
  values: Array.from({ length: shape.reduce((product, dim) => product * dim, 1) }, (_, at) => scale * Math.sin(seed + at)),
});

/** Bytes of a safetensors file of float32 tensors. */
export function safetensors(tensors: Readonly<Record<string, WrittenTensor>>, metadata: Readonly<Record<string, string>> = {}): Buffer {
  let at = 0;
  const header = Object.entries(tensors).map(([key, { shape, values }]) => {
    const start = at;
    at += 4 * values.length;
    return [key, { dtype: 'F32', shape, data_offsets: [start, at] }] as const;
  });
  const text = Buffer.from(JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(header) }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const numbers = Float32Array.from(Object.values(tensors).flatMap(({ values }) => values));
  return Buffer.concat([length, text, Buffer.from(numbers.buffer)]);
}

/** Two linear layers for keys and values of one width. */
export function twoLayers(width: number, scale: number): Record<string, WrittenTensor> {
  const layers = [0, 1].flatMap((part) => [
    [`${width}.${part}.linear.0.weight`, filled([2 * width, width], part + 1, scale)] as const,
    [`${width}.${part}.linear.0.bias`, filled([2 * width], part + 2, scale)] as const,
    [`${width}.${part}.linear.1.weight`, filled([width, 2 * width], part + 3, scale)] as const,
    [`${width}.${part}.linear.1.bias`, filled([width], part + 4, scale)] as const,
  ]);
  return Object.fromEntries(layers);
}

/** A models root with a folder for hypernetworks, in the system's folder for temporary files. */
export async function hypernetworkFolder(): Promise<{ readonly root: string; put(name: string, bytes: Uint8Array): Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'armature-hypernet-'));
  const folder = join(root, 'hypernetworks');
  await mkdir(folder);
  return { root, put: (name, bytes) => writeFile(join(folder, name), bytes) };
}
