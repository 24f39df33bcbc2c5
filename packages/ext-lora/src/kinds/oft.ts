import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Part } from '../part.js';
import { rotationOf } from './cayley.js';
import { type ModuleInput, type ModuleKind, partOf } from './module-kind.js';

/** Orthogonal blocks that rotate a weight's rows (Qiu et al. 2023, OFT), or m butterfly factors of such (Liu et al. 2024, BOFT). */
export const oft: ModuleKind = {
  name: 'oft',
  fits: (parts) => parts.has('oft_blocks') || parts.has('oft_diag'),
  rank: () => undefined,
  async change({ parts, weight }: ModuleInput) {
    const [rows = 0] = weight.shape;
    const blocks = parts.get('oft_blocks');
    const alpha = parts.get('alpha')?.values[0] ?? 0;
    const rotation = blocks ? rotationOf(blocks, alpha * rows) : partOf(parts, 'oft_diag');
    const butterfly = rotation.shape.length === 4;
    const rotated = butterfly ? await throughFactors(weight, rotation) : await throughBlocks(weight, rotation, { transpose: true });
    const rescale = parts.get('rescale')?.values;
    const columns = weight.values.length / rows;
    const values = rotated.map((value, at) => {
      const scaled = rescale ? value * (rescale[rescale.length === 1 ? 0 : Math.floor(at / columns)] as number) : value;
      return scaled - (weight.values[at] as number);
    });
    return { delta: { values, shape: weight.shape } };
  },
};

/** Each block [n, n] times its n rows; `place` tells where the row lies that takes part as number i. */
async function throughBlocks(
  { values, shape }: Part,
  { values: blocks, shape: [count = 0, size = 0] }: Part,
  { transpose, place = (row: number) => row }: { readonly transpose: boolean; readonly place?: (row: number) => number },
): Promise<Float32Array> {
  const [rows = 0] = shape;
  if (count * size !== rows) throw new Error(`${count} blocks of ${size} rows do not fit [${shape}]`);
  const columns = values.length / rows;
  const out = new Float32Array(values.length);
  for (let block = 0; block < count; block++) {
    for (let i = 0; i < size; i++) {
      const target = place(block * size + i) * columns;
      for (let j = 0; j < size; j++) {
        const factor = blocks[block * size * size + (transpose ? j * size + i : i * size + j)] as number;
        const source = place(block * size + j) * columns;
        for (let k = 0; k < columns; k++) out[target + k] = (out[target + k] as number) + factor * (values[source + k] as number);
      }
    }
    await nextTurn();
  }
  return out;
}

async function throughFactors(weight: Part, rotation: Part): Promise<Float32Array> {
  const [factors = 0, count = 0, size = 0] = rotation.shape;
  const stride = count * size * size;
  let current = weight.values;
  for (let factor = 0; factor < factors; factor++) {
    const blocks = { values: rotation.values.subarray(factor * stride, (factor + 1) * stride), shape: [count, size, size] };
    const half = 2 ** factor * Math.floor(size / 2);
    // (c g k) → (c k g) with g = 2: what lies `half` rows apart comes together.
    const place = (row: number): number => {
      const [group, within] = [Math.floor(row / (2 * half)), row % (2 * half)];
      return group * 2 * half + (within % 2) * half + Math.floor(within / 2);
    };
    current = await throughBlocks({ values: current, shape: weight.shape }, blocks, { transpose: false, place });
  }
  return current;
}
