import { multiply } from '../multiply.js';
import { asMatrix, type Part, reshaped } from '../part.js';
import { type Factors, type ModuleInput, type ModuleKind, partOf } from './module-kind.js';
import { tucker } from './tucker.js';

/** kohya writes `lora_up` and `lora_down`, PEFT `lora_B` and `lora_A`. */
const pairs: readonly (readonly [up: string, down: string])[] = [
  ['lora_up.weight', 'lora_down.weight'],
  ['lora_B.weight', 'lora_A.weight'],
];
const pairOf = (has: (name: string) => boolean): readonly [string, string] | undefined =>
  pairs.find((pair) => pair.every((name) => has(name)));

/** Up · down, also of convolutions (LoCon) and with a core between the two (Hu et al. 2021, eq. 3; LyCORIS). */
export const lora: ModuleKind = {
  name: 'lora',
  fits: (parts) => pairOf((name) => parts.has(name)) !== undefined,
  rank: (shapes) => shapes.get(pairOf((name) => shapes.has(name))?.[1] ?? '')?.[0],
  async change({ parts, ranks }: ModuleInput) {
    const mid = parts.get('lora_mid.weight');
    if (mid) {
      const [up, down] = pairIn(parts);
      return { delta: await tucker(mid, asMatrix(up), asMatrix(down)) };
    }
    const { up, down } = factorsOf({ parts, ranks });
    const product = await multiply(up, asMatrix(down));
    return { delta: reshaped(product, [up.shape[0] ?? 0, ...down.shape.slice(1)]) };
  },
  isLowRank: (parts) => {
    const pair = pairOf((name) => parts.has(name));
    return pair !== undefined && [...parts].every((name) => pair.includes(name) || numbers.includes(name));
  },
  factors: factorsOf,
};

/** What a module may hold beside its two matrices and still be nothing more. */
const numbers = ['alpha', 'scale'];

const pairIn = (parts: ReadonlyMap<string, Part>): readonly [up: Part, down: Part] =>
  (pairOf((name) => parts.has(name)) ?? []).map((name) => partOf(parts, name)) as [Part, Part];

function factorsOf({ parts, ranks }: Pick<ModuleInput, 'parts' | 'ranks'>): Factors {
  const [up, down] = pairIn(parts);
  const rows = rowsOf(asMatrix(down), ranks);
  return { up: columnsOf(asMatrix(up), ranks), down: reshaped(rows, [rows.shape[0] ?? 0, ...down.shape.slice(1)]) };
}

/** The first `count` rows. */
function rowsOf({ values, shape: [rows = 0, columns = 0] }: Part, count = rows): Part {
  const kept = Math.min(rows, count);
  return { values: values.subarray(0, kept * columns), shape: [kept, columns] };
}

function columnsOf({ values, shape: [rows = 0, columns = 0] }: Part, count = columns): Part {
  const kept = Math.min(columns, count);
  if (kept === columns) return { values, shape: [rows, columns] };
  const out = new Float32Array(rows * kept);
  for (let row = 0; row < rows; row++) out.set(values.subarray(row * columns, row * columns + kept), row * kept);
  return { values: out, shape: [rows, kept] };
}
