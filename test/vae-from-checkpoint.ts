import { readFileSync, writeFileSync } from 'node:fs';

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

export interface VaeOptions {
  /** What stands before each key. */
  readonly prefix?: string;
  /** The tensors are written with so many bits: half floats as they are, bfloat16 or float32. */
  readonly dtype?: 'F16' | 'BF16' | 'F32';
  /** Value of every element of one tensor, by its name in the VAE. */
  readonly fill?: Readonly<Record<string, number>>;
  /** Names that are left out. */
  readonly without?: readonly string[];
  /** More tensors of one float, by key. */
  readonly extra?: readonly string[];
}

const PREFIX = 'first_stage_model.';

/** Writes the VAE of an f16 checkpoint as a file of its own. */
export function writeVae(
  from: string,
  to: string,
  { prefix = '', dtype = 'F16', fill = {}, without = [], extra = [] }: VaeOptions = {},
): void {
  const file = readFileSync(from);
  const headerLength = Number(file.readBigUInt64LE());
  const header = JSON.parse(file.subarray(8, 8 + headerLength).toString()) as Record<string, HeaderEntry>;
  const entries: Record<string, HeaderEntry> = {};
  const parts: Buffer[] = [];
  let end = 0;
  const add = (key: string, shape: readonly number[], values: Float32Array): void => {
    const bytes = encoded(values, dtype);
    entries[key] = { dtype, shape, data_offsets: [end, end + bytes.length] };
    parts.push(bytes);
    end += bytes.length;
  };
  for (const [key, entry] of Object.entries(header)) {
    const name = key.slice(PREFIX.length);
    if (!key.startsWith(PREFIX) || without.includes(name)) continue;
    const [start, stop] = entry.data_offsets;
    const values = decoded(file.subarray(8 + headerLength + start, 8 + headerLength + stop));
    const value = fill[name];
    add(prefix + name, entry.shape, value === undefined ? values : values.fill(value));
  }
  for (const key of extra) add(key, [1], new Float32Array(1));
  const text = Buffer.from(JSON.stringify(entries));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(to, Buffer.concat([length, text, ...parts]));
}

function decoded(bytes: Buffer): Float32Array {
  return Float32Array.from({ length: bytes.length / 2 }, (_, at) => {
    const half = bytes.readUInt16LE(at * 2);
    const exponent = (half >> 10) & 31;
    const mantissa = half & 1023;
    const size = exponent === 0 ? mantissa * 2 ** -24 : (1 + mantissa / 1024) * 2 ** (exponent - 15);
    return half >> 15 ? -size : size;
  });
}

function encoded(values: Float32Array, dtype: 'F16' | 'BF16' | 'F32'): Buffer {
  const floats = Buffer.from(values.buffer);
  if (dtype === 'F32') return floats;
  const out = Buffer.alloc(values.length * 2);
  for (let at = 0; at < values.length; at++) {
    out.writeUInt16LE(dtype === 'BF16' ? floats.readUInt16LE(at * 4 + 2) : halfOf(floats.readUInt32LE(at * 4)), at * 2);
  }
  return out;
}

/** Bits of a float that a half float holds exactly, or of the nearest below it. */
function halfOf(bits: number): number {
  const sign = (bits >>> 31) << 15;
  const exponent = ((bits >>> 23) & 255) - 112;
  const mantissa = bits & 0x7fffff;
  if (exponent <= -10) return sign;
  if (exponent <= 0) return sign | ((mantissa | 0x800000) >> (14 - exponent));
  return sign | (exponent << 10) | (mantissa >> 13);
}
