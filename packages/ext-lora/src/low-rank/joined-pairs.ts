import { Tensor } from '@armature/sdk';
import type { Factors } from '../kinds/module-kind.js';
import { type Part, sizeOf } from '../part.js';

/** Several changes of one weight as one: their ranks side by side. Takes their numbers over. */
export function joinedPairs(pairs: readonly Factors[]): { readonly down: Tensor; readonly up: Tensor } {
  const [first] = pairs as readonly [Factors, ...Factors[]];
  if (pairs.length === 1) return { down: taken(first.down), up: taken(first.up) };
  const inner = first.down.shape.slice(1);
  const rank = pairs.reduce((sum, { down }) => sum + (down.shape[0] ?? 0), 0);
  const rows = first.up.shape[0] ?? 0;
  const down = new Float32Array(rank * sizeOf(inner));
  const up = new Float32Array(rows * rank);
  let before = 0;
  for (const pair of pairs) {
    const own = pair.down.shape[0] ?? 0;
    down.set(pair.down.values, before * sizeOf(inner));
    for (let row = 0; row < rows; row++) up.set(pair.up.values.subarray(row * own, (row + 1) * own), row * rank + before);
    before += own;
  }
  return { down: Tensor.take(down, [rank, ...inner]), up: Tensor.take(up, [rows, rank]) };
}

const taken = ({ values, shape }: Part): Tensor => Tensor.take(values as Float32Array<ArrayBuffer>, shape);
