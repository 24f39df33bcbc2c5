import { linear } from '@armature/nn';
import type { GraphBuilder, GraphValue } from '@armature/sdk';

/** A window of tokens and the heads that look at it. */
export interface WindowAttention {
  /** Tokens on each side. */
  readonly window: number;
  readonly heads: number;
  readonly width: number;
  /** Whether queries, keys and values have biases. */
  readonly bias: boolean;
}

/**
 * Self-attention inside windows with a bias by relative place (Liu et al. 2021): [windows, window², width] → the same. `mask`
 * [windows,1,window²,window²] is added to the scores.
 */
export function windowAttention(
  g: GraphBuilder,
  name: string,
  tokens: GraphValue,
  options: WindowAttention,
  mask?: GraphValue,
): GraphValue {
  const { window, heads, width, bias } = options;
  const [windows, length, depth] = [tokens.shape[0] as number, window ** 2, width / heads];
  return g.module(name, [tokens, ...(mask ? [mask] : [])], (g, tokens, mask) => {
    const joined = linear(g, 'qkv', tokens, 3 * width, { bias });
    const split = (at: number, perm: readonly number[]): GraphValue =>
      g.op('Transpose', [reshape(g, part(g, joined, at, width), [windows, length, heads, depth])], { perm });
    const query = g.op('Mul', [split(0, [0, 2, 1, 3]), g.constant([depth ** -0.5], 'float32', [])]);
    const scores = g.op('Add', [g.op('MatMul', [query, split(1, [0, 2, 3, 1])]), placeBias(g, window, heads)]);
    const seen = g.op('Softmax', [mask ? g.op('Add', [scores, mask]) : scores], { axis: -1 });
    const mixed = g.op('Transpose', [g.op('MatMul', [seen, split(2, [0, 2, 1, 3])])], { perm: [0, 2, 1, 3] });
    return linear(g, 'proj', reshape(g, mixed, [windows, length, width]), width);
  });
}

export const reshape = (g: GraphBuilder, x: GraphValue, shape: readonly number[]): GraphValue =>
  g.op('Reshape', [x, g.constant(shape, 'int64')]);

/** Queries, keys or values. */
function part(g: GraphBuilder, joined: GraphValue, at: number, width: number): GraphValue {
  const int = (value: number): GraphValue => g.constant([value], 'int64');
  return g.op('Slice', [joined, int(at * width), int((at + 1) * width), int(2)]);
}

/** [heads, window², window²] from the table [(2·window−1)², heads] (`relative_position_index`). */
function placeBias(g: GraphBuilder, window: number, heads: number): GraphValue {
  const reach = 2 * window - 1;
  const length = window ** 2;
  const indices = Array.from({ length: length ** 2 }, (_, at) => {
    const [from, to] = [Math.floor(at / length), at % length];
    const rows = Math.floor(from / window) - Math.floor(to / window);
    const columns = (from % window) - (to % window);
    return (rows + window - 1) * reach + columns + window - 1;
  });
  const table = g.weight('relative_position_bias_table', [reach ** 2, heads]);
  const rows = g.op('Gather', [table, g.constant(indices, 'int64')], { axis: 0 });
  return g.op('Transpose', [reshape(g, rows, [length, length, heads])], { perm: [2, 0, 1] });
}
