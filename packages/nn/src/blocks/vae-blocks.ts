import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { silu } from '../layers/activations.js';
import { attention } from '../layers/attention.js';
import { channelsOf } from '../layers/channels-of.js';
import { conv } from '../layers/conv.js';
import { groupNorm } from '../layers/group-norm.js';

const EPSILON = 1e-6;

/** Normalise, activate, convolve: what every stage of the autoencoder ends with. */
export function normConv(g: GraphBuilder, norm: string, name: string, x: GraphValue, width: number): GraphValue {
  return conv(g, name, silu(g, groupNorm(g, norm, x, EPSILON)), width);
}

/** Residual block of the autoencoder (`ResnetBlock`): [n,c,h,w] → [n,width,h,w]. */
export function vaeResBlock(g: GraphBuilder, name: string, x: GraphValue, width: number): GraphValue {
  return g.module(name, [x], (g, x) => {
    const residual = normConv(g, 'norm2', 'conv2', normConv(g, 'norm1', 'conv1', x!, width), width);
    const skip = channelsOf(x!, 1) === width ? x : conv(g, 'nin_shortcut', x!, width, { kernel: 1 });
    return g.op('Add', [skip, residual]);
  });
}

/** Attention of every pixel to every pixel, one head (`AttnBlock`): [n,c,h,w] → [n,c,h,w]. */
export function vaeAttention(g: GraphBuilder, name: string, x: GraphValue): GraphValue {
  return g.module(name, [x], (g, x) => {
    const channels = channelsOf(x!, 1);
    const normal = groupNorm(g, 'norm', x!, EPSILON);
    const tokens = (key: string) => {
      const image = conv(g, key, normal, channels, { kernel: 1 });
      return g.op('Transpose', [g.op('Reshape', [image, g.constant([0, channels, -1], 'int64')])], { perm: [0, 2, 1] });
    };
    const seen = g.op('Transpose', [attention(g, tokens('q'), tokens('k'), tokens('v'), 1)], { perm: [0, 2, 1] });
    return g.op('Add', [x, conv(g, 'proj_out', g.op('Reshape', [seen, g.op('Shape', [x])]), channels, { kernel: 1 })]);
  });
}

/** The lowest resolution of encoder and decoder: residual block, attention, residual block. */
export function vaeMiddle(g: GraphBuilder, name: string, x: GraphValue): GraphValue {
  return g.module(name, [x], (g, x) => {
    const width = channelsOf(x!, 1);
    return vaeResBlock(g, 'block_2', vaeAttention(g, 'attn_1', vaeResBlock(g, 'block_1', x!, width)), width);
  });
}
