import type { NetworkModule } from './network-file.js';
import { sizeOf } from './part.js';

type Shape = readonly number[];
type Shapes = ReadonlyMap<string, Shape>;

const columns = (shape: Shape): number => sizeOf(shape) / (shape[0] || 1);

/** Why the tensors of a module do not go together, whatever the weight they are for. Undefined: they do. */
export function moduleMisfit({ kind, entries }: NetworkModule): string | undefined {
  const shapes: Shapes = new Map([...entries].map(([part, { shape }]) => [part, shape]));
  for (const [part, shape] of shapes) if (sizeOf(shape) === 0) return `${part} is empty, [${shape}]`;
  for (const part of ['alpha', 'scale', 'on_input']) {
    const shape = shapes.get(part);
    if (shape && sizeOf(shape) !== 1) return `${part} has ${sizeOf(shape)} values in place of one`;
  }
  return checks[kind.name]?.(shapes);
}

const checks: Readonly<Record<string, (shapes: Shapes) => string | undefined>> = {
  lora: (shapes) =>
    product(shapes, 'lora_up.weight', 'lora_down.weight', 'lora_mid.weight') ?? product(shapes, 'lora_B.weight', 'lora_A.weight'),
  loha: (shapes) => factors(shapes, 'hada_w1_a', 'hada_w1_b', 'hada_t1') ?? factors(shapes, 'hada_w2_a', 'hada_w2_b', 'hada_t2'),
  lokr: (shapes) => factors(shapes, 'lokr_w1_a', 'lokr_w1_b') ?? factors(shapes, 'lokr_w2_a', 'lokr_w2_b', 'lokr_t2'),
  glora: (shapes) => product(shapes, 'b2.weight', 'b1.weight') ?? product(shapes, 'a2.weight', 'a1.weight'),
  norm: (shapes) => {
    const [weight = [], bias = []] = [shapes.get('w_norm'), shapes.get('b_norm')];
    return sizeOf(weight) === sizeOf(bias) ? undefined : `w_norm [${weight}] and b_norm [${bias}] differ`;
  },
  oft: (shapes) => {
    const [part, shape = []] = [...shapes].find(([name]) => name === 'oft_blocks' || name === 'oft_diag') ?? ['oft_blocks'];
    const square = [3, 4].includes(shape.length) && shape.at(-1) === shape.at(-2);
    return square ? undefined : `${part} [${shape}] is no stack of square blocks`;
  },
};

/** left [out, a] · core [a, b, …] · right [b, in], the core often missing. */
function product(shapes: Shapes, left: string, right: string, core?: string): string | undefined {
  return joined(shapes, [left, right, core], columns);
}

/** As LyCORIS writes it: with a core, the left one is turned round. */
function factors(shapes: Shapes, left: string, right: string, core?: string): string | undefined {
  return joined(shapes, [left, right, core], core && shapes.has(core) ? (shape) => shape[0] ?? 0 : columns);
}

function joined(
  shapes: Shapes,
  [left, right, core = '']: readonly [left: string, right: string, core: string | undefined],
  inner: (shape: Shape) => number,
): string | undefined {
  const [first, last, middle] = [shapes.get(left), shapes.get(right), shapes.get(core)];
  if (!first || !last) return undefined;
  if (first.length < 2 || last.length < 2) return `${left} [${first}] and ${right} [${last}] are no matrices`;
  const [a, b] = middle ? [middle[0] ?? 0, middle[1] ?? 0] : [last[0] ?? 0, last[0] ?? 0];
  if (middle && middle.length < 3) return `${core} [${middle}] is no core of a convolution`;
  if (inner(first) !== a || last[0] !== b) {
    const between = middle ? ` with ${core} [${middle}]` : '';
    return `${left} [${first}] and ${right} [${last}]${between} have different ranks`;
  }
  return undefined;
}
