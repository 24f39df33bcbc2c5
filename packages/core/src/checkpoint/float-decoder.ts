import type { WeightDtype } from '@armature/sdk';

/** Bytes of one element. */
export const elementBytes: Readonly<Record<WeightDtype, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

/** Value of a small IEEE-like float: sign, `exponentBits`, `mantissaBits`. */
function smallFloat(bits: number, exponentBits: number, mantissaBits: number): number {
  const sign = bits >> (exponentBits + mantissaBits) ? -1 : 1;
  const exponent = (bits >> mantissaBits) & ((1 << exponentBits) - 1);
  const mantissa = (bits & ((1 << mantissaBits) - 1)) / (1 << mantissaBits);
  const bias = (1 << (exponentBits - 1)) - 1;
  if (exponent === 0) return sign * mantissa * 2 ** (1 - bias);
  if (exponent === (1 << exponentBits) - 1) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + mantissa) * 2 ** (exponent - bias);
}

/** E4M3FN has no infinities: the top exponent is ordinary but for the one mantissa that means NaN. */
function e4m3(bits: number): number {
  if ((bits & 0x7f) === 0x7f) return Number.NaN;
  if ((bits & 0x78) !== 0x78) return smallFloat(bits, 4, 3);
  return (bits & 0x80 ? -1 : 1) * (1 + (bits & 7) / 8) * 2 ** 8;
}

/** Element types that typed arrays know. */
const arrayOf = {
  F64: Float64Array,
  F32: Float32Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const;

const tables = new Map<WeightDtype, Float32Array>();

/** All values of an 8- or 16-bit float, made at first use (a table is five times faster than arithmetic). */
function tableOf(dtype: 'F16' | 'F8_E4M3' | 'F8_E5M2'): Float32Array {
  const known = tables.get(dtype);
  if (known) return known;
  const table = new Float32Array(dtype === 'F16' ? 65536 : 256);
  for (let bits = 0; bits < table.length; bits++) {
    table[bits] = dtype === 'F16' ? smallFloat(bits, 5, 10) : dtype === 'F8_E5M2' ? smallFloat(bits, 5, 2) : e4m3(bits);
  }
  tables.set(dtype, table);
  return table;
}

function lookUp(source: Uint8Array | Uint16Array, table: Float32Array, out: Float32Array): void {
  for (let i = 0; i < source.length; i++) out[i] = table[source[i] as number] as number;
}

/** bfloat16 is the upper half of a float32. */
function widen(source: Uint16Array, out: Float32Array): void {
  const bits = new Uint32Array(out.buffer, out.byteOffset, out.length);
  for (let i = 0; i < source.length; i++) bits[i] = (source[i] as number) << 16;
}

function fromInt64(source: BigInt64Array, out: Float32Array): void {
  for (let i = 0; i < source.length; i++) out[i] = Number(source[i]);
}

/**
 * Little-endian elements as float32. `bytes` starts at offset 0 of its own buffer and holds exactly `out.length` elements.
 * Exact for every dtype but F64, I32 and I64, which are rounded.
 */
export function decodeFloats(bytes: ArrayBuffer, dtype: WeightDtype, out: Float32Array): void {
  if (dtype === 'F16') lookUp(new Uint16Array(bytes), tableOf(dtype), out);
  else if (dtype === 'F8_E4M3' || dtype === 'F8_E5M2') lookUp(new Uint8Array(bytes), tableOf(dtype), out);
  else if (dtype === 'BF16') widen(new Uint16Array(bytes), out);
  else if (dtype === 'I64') fromInt64(new BigInt64Array(bytes), out);
  else out.set(new arrayOf[dtype](bytes));
}
