import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { channelsOf } from '../layers/channels-of.js';
import { vaeAttention } from './vae-attention.js';
import { vaeResBlock } from './vae-res-block.js';

/** The lowest resolution of encoder and decoder: residual block, attention, residual block. */
export function vaeMiddle(g: GraphBuilder, name: string, x: GraphValue): GraphValue {
  return g.module(name, [x], (g, x) => {
    const width = channelsOf(g, x, 1);
    return vaeResBlock(g, 'block_2', vaeAttention(g, 'attn_1', vaeResBlock(g, 'block_1', x, width)), width);
  });
}
