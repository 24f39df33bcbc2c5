import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { attention } from '../layers/attention.js';
import { channelsOf } from '../layers/channels-of.js';
import { gelu } from '../layers/gelu.js';
import { layerNorm } from '../layers/layer-norm.js';
import { linear } from '../layers/linear.js';

export interface OpenClipLayerOptions {
  readonly heads: number;
  /** Width of the feed-forward's inside. */
  readonly intermediate: number;
}

/** One causal transformer layer of OpenCLIP's text tower (`ResidualAttentionBlock`): [n,s,c] → [n,s,c]. */
export function openClipLayer(
  g: GraphBuilder,
  name: string,
  tokens: GraphValue,
  { heads, intermediate }: OpenClipLayerOptions,
): GraphValue {
  return g.module(name, [tokens], (g, tokens) => {
    const width = channelsOf(g, tokens, -1);
    const seen = g.op('Add', [selfAttention(g, layerNorm(g, 'ln_1', tokens), heads), tokens]);
    const hidden = gelu(g, linear(g, 'mlp.c_fc', layerNorm(g, 'ln_2', seen), intermediate));
    return g.op('Add', [linear(g, 'mlp.c_proj', hidden, width), seen]);
  });
}

/** The maps to query, key and value lie in one matrix (`torch.nn.MultiheadAttention`). */
function selfAttention(g: GraphBuilder, tokens: GraphValue, heads: number): GraphValue {
  return g.module('attn', [tokens], (g, tokens) => {
    const width = channelsOf(g, tokens, -1);
    const ints = (...values: number[]) => g.constant(values, 'int64');
    const weights = [g.weight('in_proj_weight', [3 * width, width]), g.weight('in_proj_bias', [3 * width])];
    const rows = g.op('Gemm', [g.op('Reshape', [tokens, ints(-1, width)]), ...weights], { transB: 1 });
    const joined = g.op('Reshape', [rows, g.op('Concat', [g.op('Shape', [tokens], { start: 0, end: -1 }), ints(3 * width)], { axis: 0 })]);
    const [query, key, value] = [0, 1, 2].map((part) => g.op('Slice', [joined, ints(part * width), ints((part + 1) * width), ints(2)]));
    return linear(g, 'out_proj', attention(g, query!, key!, value!, heads, { causal: true }), width);
  });
}
