import type { GraphBuilder, GraphValue, OpAttributes, OpName } from '@armature/sdk';
import { inputNames } from './input-names.js';

/** An operator as a module asks for it. */
export interface AskedOp {
  readonly name: OpName;
  readonly inputs: readonly (GraphValue | undefined)[];
  readonly attributes: object | undefined;
}

/** The two inputs beside a weight, and whether they hold any rank in this run. */
interface RankInputs {
  readonly down: GraphValue;
  readonly up: GraphValue;
  readonly filled: GraphValue;
}

/** A product with the weight of `key`, with that of low rank beside it; undefined for operators that are no such product. */
export function rankBeside(g: GraphBuilder, key: string, { name, inputs, attributes }: AskedOp): GraphValue | undefined {
  const [x, weight, bias] = inputs;
  if (!x || !weight) return undefined;
  if (name === 'Gemm' && (attributes as OpAttributes['Gemm'] | undefined)?.transB === 1) return besideGemm(g, key, [x, weight, bias]);
  if (name === 'Conv') return besideConv(g, key, [x, weight, bias], attributes as OpAttributes['Conv']);
  return undefined;
}

type Operands = readonly [x: GraphValue, weight: GraphValue, bias: GraphValue | undefined];

/**
 * x·Wᵀ + c, where c is the bias, or with ranks x·downᵀ·upᵀ + bias: what is added costs nothing as long as there are none, and no
 * pass over the result otherwise.
 */
function besideGemm(g: GraphBuilder, key: string, [x, weight, bias]: Operands): GraphValue {
  const [width = 0, inner = 0] = weight.shape as readonly number[];
  const { down, up, filled } = rankInputs(g, key, [inner], width);
  const plain = bias ?? zeros(g, width);
  const added = g.choose(
    filled,
    (side) => side.op('Gemm', [side.op('Gemm', [x, down], { transB: 1 }), up, ...(bias ? [bias] : [])], { transB: 1 }),
    (side) => side.op('Reshape', [plain, side.constant([1, width], 'int64')]),
  );
  return g.op('Gemm', [x, weight, added], { transB: 1 });
}

/** conv(x, W) + b, and with ranks a convolution into them and a 1×1 convolution out of them. */
function besideConv(g: GraphBuilder, key: string, [x, weight, bias]: Operands, attributes: OpAttributes['Conv']): GraphValue {
  const plain = g.op('Conv', [x, weight, ...(bias ? [bias] : [])], attributes);
  const [width = 0, ...inner] = weight.shape as readonly number[];
  if ((attributes.group ?? 1) !== 1) return plain;
  const { down, up, filled } = rankInputs(g, key, inner, width);
  return g.choose(
    filled,
    (side) => {
      const narrow = side.op('Conv', [x, down], attributes);
      const kernel = side.op('Reshape', [up, side.constant([width, -1, 1, 1], 'int64')]);
      return side.op('Add', [plain, side.op('Conv', [narrow, kernel])]);
    },
    (side) => side.op('Identity', [plain]),
  );
}

const known = new WeakMap<GraphBuilder, Map<string, RankInputs>>();

/** Declared once a graph, also where a weight is used twice. */
function rankInputs(g: GraphBuilder, key: string, inner: readonly number[], width: number): RankInputs {
  const made = known.get(g) ?? new Map<string, RankInputs>();
  known.set(g, made);
  const before = made.get(key);
  if (before) return before;
  const names = inputNames(key);
  const rank = `${names.up}:rank`;
  const down = g.input(names.down, 'float32', [rank, ...inner], { optional: true });
  const up = g.input(names.up, 'float32', [width, rank], { optional: true });
  const filled = g.op('Cast', [g.op('Shape', [up], { start: 1, end: 2 })], { to: 'bool' });
  const inputs = { down, up, filled };
  made.set(key, inputs);
  return inputs;
}

const zeros = (g: GraphBuilder, width: number): GraphValue => g.constant(new Array<number>(width).fill(0));
