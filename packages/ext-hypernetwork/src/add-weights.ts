import type { WeightEntry, WeightMap } from '@armature/sdk';
import type { ActiveHypernetwork, HyperPart } from './hypernetwork.js';
import { unfit } from './unfit.js';

const attention = /^(.*\.attn[12]\.to_([kv]))\.weight$/;

/**
 * The model's tensors with those of hypernetworks beside every matrix for keys and values of their widths; only those that the
 * graph asks for are read. @throws HostError HYPERNET_UNFIT for one that fits nowhere: it was made for another model
 */
export function addWeights(weights: WeightMap, active: readonly ActiveHypernetwork[]): WeightMap {
  const matrices = [...weights.keys].flatMap((key) => {
    const [, module = '', part] = attention.exec(key) ?? [];
    return part === undefined ? [] : [{ module, part: part as HyperPart, width: weights.get(key)?.shape[1] ?? 0 }];
  });
  const entries: WeightEntry[] = [];
  for (const [at, { network }] of active.entries()) {
    const fitting = matrices.filter(({ width }) => network.layers.has(width));
    if (fitting.length === 0) {
      const widths = [...new Set(matrices.map(({ width }) => width))].sort((a, b) => a - b);
      unfit(
        network.path,
        `it is for widths ${[...network.layers.keys()].join(', ')}, the model's attention has ${widths.join(', ') || 'none'}`,
      );
    }
    for (const { module, part, width } of fitting) {
      for (const [layer, tensors] of network.layers.get(width)?.[part].entries() ?? []) {
        for (const name of ['weight', 'bias'] as const) {
          const { shape, values } = tensors[name];
          entries.push({ key: `${module}.${weightName(at, layer, name)}`, dtype: 'F32', shape, read: async () => values });
        }
      }
    }
  }
  return weights.with(entries);
}

/** Name of a tensor of the `at`-th hypernetwork within a module. */
export const weightName = (at: number, layer: number, name: 'weight' | 'bias'): string => `hypernet.${at}.${layer}.${name}`;
