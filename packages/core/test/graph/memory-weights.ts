import type { WeightEntry, WeightMap } from '@armature/sdk';
import { WeightOverlay } from '../../src/checkpoint/weight-overlay.js';

const nothing: WeightMap = { keys: new Set(), get: () => undefined, with: (entries) => new WeightOverlay(nothing, entries) };

/** Weights that lie in no file. */
export function memoryWeights(
  tensors: Readonly<Record<string, { readonly shape: readonly number[]; readonly values: readonly number[] }>>,
): WeightMap {
  return nothing.with(
    Object.entries(tensors).map(
      ([key, { shape, values }]): WeightEntry => ({ key, dtype: 'F32', shape, read: async () => Float32Array.from(values) }),
    ),
  );
}
