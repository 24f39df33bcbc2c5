import { type MergeDtype, roundFloats } from './float-encoder.js';

/** Values and the type they are stored in: PyTorch rounds to it after each operation. */
export interface Operand {
  readonly values: Float32Array;
  readonly dtype: MergeDtype;
}

/** What PyTorch makes of two types: float32 as soon as they differ. */
export const promoted = (a: MergeDtype, b: MergeDtype): MergeDtype => (a === b ? a : 'F32');

/** (1 − m)·a + m·b. The factors are float32 on the way, as PyTorch computes with numbers on its CPU. */
export function weightedSum(a: Operand, b: Operand, multiplier: number): Operand {
  return sum(scaled(a, 1 - multiplier), scaled(b, multiplier));
}

/** a + m·(b − c) */
export function addDifference(a: Operand, difference: Operand, multiplier: number): Operand {
  return sum(a, scaled(difference, multiplier));
}

export function difference(b: Operand, c: Operand): Operand {
  return sum(b, { values: c.values.map((value) => -value), dtype: c.dtype });
}

function scaled({ values, dtype }: Operand, factor: number): Operand {
  const single = Math.fround(factor);
  return {
    values: roundFloats(
      values.map((value) => value * single),
      dtype,
    ),
    dtype,
  };
}

function sum(a: Operand, b: Operand): Operand {
  const dtype = promoted(a.dtype, b.dtype);
  return {
    values: roundFloats(
      a.values.map((value, at) => value + (b.values[at] as number)),
      dtype,
    ),
    dtype,
  };
}
