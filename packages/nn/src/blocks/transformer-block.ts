import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { channelsOf } from '../layers/channels-of.js';
import { geglu } from '../layers/geglu.js';
import { layerNorm } from '../layers/layer-norm.js';
import { linear } from '../layers/linear.js';
import { crossAttention } from './cross-attention.js';

/** Self-attention, cross-attention and a gated feed-forward, each normalised before and added after (`BasicTransformerBlock`). */
export function transformerBlock(g: GraphBuilder, name: string, tokens: GraphValue, context: GraphValue, heads: number): GraphValue {
  return g.module(name, [tokens, context], (g, tokens, context) => {
    const normal = layerNorm(g, 'norm1', tokens);
    const seen = g.op('Add', [crossAttention(g, 'attn1', normal, normal, heads), tokens]);
    const told = g.op('Add', [crossAttention(g, 'attn2', layerNorm(g, 'norm2', seen), context, heads), seen]);
    return g.op('Add', [feedForward(g, 'ff', layerNorm(g, 'norm3', told)), told]);
  });
}

function feedForward(g: GraphBuilder, name: string, tokens: GraphValue): GraphValue {
  return g.module(name, [tokens], (g, tokens) => {
    const width = channelsOf(g, tokens, -1);
    return linear(g, 'net.2', geglu(g, 'net.0', tokens, 4 * width), width);
  });
}
