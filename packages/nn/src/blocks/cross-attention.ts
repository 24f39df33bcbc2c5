import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { attention } from '../layers/attention.js';
import { channelsOf } from '../layers/channels-of.js';
import { linear } from '../layers/linear.js';

/** Tokens [n,s,c] look at a context [n,t,d], or at themselves (`CrossAttention`). */
export function crossAttention(g: GraphBuilder, name: string, tokens: GraphValue, context: GraphValue, heads: number): GraphValue {
  return g.module(name, [tokens, context], (g, tokens, context) => {
    const width = channelsOf(g, tokens, -1);
    const query = linear(g, 'to_q', tokens, width, { bias: false });
    const key = linear(g, 'to_k', context, width, { bias: false });
    const value = linear(g, 'to_v', context, width, { bias: false });
    return linear(g, 'to_out.0', attention(g, query, key, value, heads), width);
  });
}
