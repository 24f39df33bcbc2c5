import type { WeightEntry, WeightMap } from '@armature/sdk';

/** Tensors under names of our own choice: what a network asks for may lie in one file, in two, or be computed from both. */
export function namedWeights(entries: ReadonlyMap<string, WeightEntry>): WeightMap {
  return Object.freeze({
    keys: new Set(entries.keys()),
    get: (key: string) => entries.get(key),
    with: (others: Iterable<WeightEntry>) =>
      namedWeights(new Map([...entries, ...[...others].map((entry) => [entry.key, entry] as const)])),
  });
}
