import type { WeightDtype } from '@armature/sdk';
import { decodeFloats } from '../float-decoder.js';

/** Element types a merge can compute with and write. */
export type MergeDtype = 'F16' | 'BF16' | 'F32';

export const isMergeDtype = (dtype: WeightDtype): dtype is MergeDtype => dtype === 'F16' || dtype === 'BF16' || dtype === 'F32';

/** float32 → the bytes of another float, little-endian, rounded to nearest, ties to even. */
export function encodeFloats(values: Float32Array, dtype: MergeDtype): Uint8Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  if (dtype === 'F32') return new Uint8Array(values.slice().buffer);
  const out = new Uint16Array(values.length);
  const encode = dtype === 'F16' ? halfBits : brainBits;
  for (let i = 0; i < out.length; i++) out[i] = encode(bits[i] as number);
  return new Uint8Array(out.buffer);
}

/** Rounds each value to what `dtype` can hold, in place. */
export function roundFloats(values: Float32Array, dtype: MergeDtype): Float32Array {
  if (dtype !== 'F32') decodeFloats(encodeFloats(values, dtype).buffer, dtype, values);
  return values;
}

function brainBits(bits: number): number {
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

function halfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // 65520 is the first that rounds to infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
  // Below half of the smallest subnormal; a tie goes to the even zero.
  if (magnitude <= 0x33000000) return sign;
  const mantissa = (magnitude & 0x7fffff) | 0x800000;
  const shift = 126 - (magnitude >>> 23);
  const kept = mantissa >>> shift;
  const rest = mantissa & ((1 << shift) - 1);
  const tie = 1 << (shift - 1);
  return sign | (kept + (rest > tie || (rest === tie && (kept & 1) === 1) ? 1 : 0));
}
