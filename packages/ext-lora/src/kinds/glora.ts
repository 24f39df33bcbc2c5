import { multiply } from '../multiply.js';
import { type ModuleInput, type ModuleKind, partOf } from './module-kind.js';

const names = ['a1.weight', 'a2.weight', 'b1.weight', 'b2.weight'] as const;

/** b2 · b1 + W · a2 · a1 (Chavan et al. 2023, GLoRA, without its scalars). */
export const glora: ModuleKind = {
  name: 'glora',
  fits: (parts) => [...names, 'alpha'].every((name) => parts.has(name)),
  rank: () => undefined,
  async change({ parts, weight }: ModuleInput) {
    const [a1, a2, b1, b2] = names.map((name) => partOf(parts, name));
    const added = await multiply(b2 as typeof weight, b1 as typeof weight);
    const mixed = await multiply(await multiply(weight, a2 as typeof weight), a1 as typeof weight);
    if (added.values.length !== mixed.values.length) throw new Error(`[${added.shape}] and [${mixed.shape}] cannot be added`);
    return { delta: { values: added.values.map((value, at) => value + (mixed.values[at] as number)), shape: added.shape } };
  },
};
