import { multiply, transposed } from '../multiply.js';
import { asMatrix, type Part, reshaped } from '../part.js';
import { type ModuleInput, type ModuleKind, partOf } from './module-kind.js';
import { tucker } from './tucker.js';

/** Two low-rank products, multiplied element by element (Hyeon-Woo et al. 2021, FedPara). */
export const loha: ModuleKind = {
  name: 'loha',
  fits: (parts) => ['hada_w1_a', 'hada_w1_b', 'hada_w2_a', 'hada_w2_b'].every((name) => parts.has(name)),
  rank: (shapes) => shapes.get('hada_w1_b')?.[0],
  async change({ parts }: ModuleInput) {
    const first = await product(parts, '1');
    const second = await product(parts, '2');
    if (first.values.length !== second.values.length) throw new Error(`[${first.shape}] and [${second.shape}] cannot be multiplied`);
    return { delta: { values: first.values.map((value, at) => value * (second.values[at] as number)), shape: first.shape } };
  },
};

async function product(parts: ReadonlyMap<string, Part>, number: '1' | '2'): Promise<Part> {
  const [a, b] = [partOf(parts, `hada_w${number}_a`), partOf(parts, `hada_w${number}_b`)];
  const core = parts.get(`hada_t${number}`);
  if (core) return tucker(core, transposed(a), b);
  return reshaped(await multiply(asMatrix(a), asMatrix(b)), [a.shape[0] ?? 0, ...b.shape.slice(1)]);
}
