import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** A table of the reference: the copy in the repository, else the full set beside the checkout. */
export function tablePath(name: string): string {
  const found = [`${root}test/fidelity/tables/${name}`, `${root}../shared/fidelity/open/tables/${name}`].find((path) => existsSync(path));
  if (!found) throw new Error(`no reference table ${name}`);
  return found;
}

export interface TableTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Reads a small float32 safetensors file whole. */
export function readTable(path: string): ReadonlyMap<string, TableTensor> {
  const bytes = readFileSync(path);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, start)) as Record<string, { shape: number[]; data_offsets: [number, number] }>;
  const tensors = new Map<string, TableTensor>();
  for (const [
    key,
    {
      shape,
      data_offsets: [from, to],
    },
  ] of Object.entries(header)) {
    const body = bytes.buffer.slice(bytes.byteOffset + start + from, bytes.byteOffset + start + to);
    tensors.set(key, { shape, data: new Float32Array(body as ArrayBuffer) });
  }
  return tensors;
}

export function maxDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs((a[i] as number) - (b[i] as number));
    if (!(difference <= worst)) worst = difference;
  }
  return worst;
}
