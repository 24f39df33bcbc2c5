import { multiply, transposed } from '../multiply.js';
import { asMatrix, emptyPart, type Part, reshaped } from '../part.js';
import { type ModuleInput, type ModuleKind, partOf } from './module-kind.js';
import { tucker } from './tucker.js';

const has = (parts: ReadonlySet<string>, number: '1' | '2'): boolean =>
  parts.has(`lokr_w${number}`) || (parts.has(`lokr_w${number}_a`) && parts.has(`lokr_w${number}_b`));

/** Kronecker product of two factors, each whole or of low rank (LyCORIS, LoKr). */
export const lokr: ModuleKind = {
  name: 'lokr',
  fits: (parts) => has(parts, '1') && has(parts, '2'),
  rank: (shapes) => (shapes.get('lokr_w2_b') ?? shapes.get('lokr_w1_b'))?.[0],
  async change({ parts, weight }: ModuleInput) {
    const first = parts.get('lokr_w1') ?? (await multiply(partOf(parts, 'lokr_w1_a'), partOf(parts, 'lokr_w1_b')));
    const product = kronecker(first, parts.get('lokr_w2') ?? (await secondOf(parts)));
    return { delta: weight.shape.length === 4 ? reshaped(product, weight.shape) : product };
  },
};

async function secondOf(parts: ReadonlyMap<string, Part>): Promise<Part> {
  const [a, b] = [partOf(parts, 'lokr_w2_a'), partOf(parts, 'lokr_w2_b')];
  const core = parts.get('lokr_t2');
  return core ? tucker(core, transposed(a), b) : multiply(asMatrix(a), asMatrix(b));
}

/** [a, b] ⊗ [c, d, …] → [a·c, b·d, …] */
function kronecker(first: Part, second: Part): Part {
  const [a = 0, b = 0] = first.shape;
  const [c = 0, d = 0, ...kernel] = second.shape;
  const taps = kernel.reduce((product, side) => product * side, 1);
  const { values, shape } = emptyPart([a * c, b * d, ...kernel]);
  let at = 0;
  for (let row = 0; row < a * c; row++) {
    const source = (row % c) * d * taps;
    for (let column = 0; column < b; column++) {
      const factor = first.values[Math.floor(row / c) * b + column] as number;
      for (let i = 0; i < d * taps; i++) values[at++] = factor * (second.values[source + i] as number);
    }
  }
  return { values, shape };
}
