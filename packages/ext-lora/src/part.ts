import type { WeightEntry } from '@armature/sdk';

/** Numbers with a shape, row by row. */
export interface Part {
  readonly values: Float32Array;
  readonly shape: readonly number[];
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1);

/** The same numbers in another shape. @throws Error where their count is another. */
export function reshaped({ values, shape }: Part, wanted: readonly number[]): Part {
  if (sizeOf(wanted) !== values.length) throw new Error(`[${shape}] does not fill [${wanted}]`);
  return { values, shape: wanted };
}

/** As a matrix: all dimensions but the first become columns. */
export const asMatrix = (part: Part): Part => reshaped(part, [part.shape[0] ?? 1, part.values.length / (part.shape[0] || 1)]);

/** Reads a tensor of a file. */
export const readPart = async (entry: WeightEntry): Promise<Part> => ({ values: await entry.read(), shape: entry.shape });

/** More numbers than any weight of the networks that are known: a file that asks for more is broken. */
const most = 2 ** 27;

/** Room for a tensor. @throws Error for one that is larger than a weight can be. */
export function emptyPart(shape: readonly number[]): Part {
  const size = sizeOf(shape);
  if (size > most) throw new Error(`[${shape}] is larger than any weight`);
  return { values: new Float32Array(size), shape };
}
