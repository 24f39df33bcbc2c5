import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { attention } from '../layers/attention.js';
import { channelsOf } from '../layers/channels-of.js';
import { gelu } from '../layers/gelu.js';
import { layerNorm } from '../layers/layer-norm.js';
import { linear } from '../layers/linear.js';
import { quickGelu } from '../layers/quick-gelu.js';

export interface ClipLayerOptions {
  readonly heads: number;
  /** Width of the feed-forward's inside. */
  readonly intermediate: number;
  readonly activation: 'quick_gelu' | 'gelu';
  /** Each token sees itself and those before it; absent: yes. Patches of a picture see each other. */
  readonly causal?: boolean;
}

/** One transformer layer of CLIP's towers (`CLIPEncoderLayer`): [n,s,c] → [n,s,c]. */
export function clipLayer(g: GraphBuilder, name: string, tokens: GraphValue, options: ClipLayerOptions): GraphValue {
  return g.module(name, [tokens], (g, tokens) => {
    const seen = g.op('Add', [selfAttention(g, layerNorm(g, 'layer_norm1', tokens), options), tokens]);
    return g.op('Add', [feedForward(g, layerNorm(g, 'layer_norm2', seen), options), seen]);
  });
}

function selfAttention(g: GraphBuilder, tokens: GraphValue, { heads, causal = true }: ClipLayerOptions): GraphValue {
  return g.module('self_attn', [tokens], (g, tokens) => {
    const width = channelsOf(g, tokens, -1);
    const [query, key, value] = ['q_proj', 'k_proj', 'v_proj'].map((name) => linear(g, name, tokens, width));
    return linear(g, 'out_proj', attention(g, query!, key!, value!, heads, { causal }), width);
  });
}

function feedForward(g: GraphBuilder, tokens: GraphValue, { intermediate, activation }: ClipLayerOptions): GraphValue {
  return g.module('mlp', [tokens], (g, tokens) => {
    const hidden = linear(g, 'fc1', tokens, intermediate);
    return linear(g, 'fc2', activation === 'gelu' ? gelu(g, hidden) : quickGelu(g, hidden), channelsOf(g, tokens, -1));
  });
}
