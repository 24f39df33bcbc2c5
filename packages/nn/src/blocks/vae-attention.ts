import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { attention } from '../layers/attention.js';
import { channelsOf } from '../layers/channels-of.js';
import { conv } from '../layers/conv.js';
import { groupNorm } from '../layers/group-norm.js';

const EPSILON = 1e-6;

/** Attention of every pixel to every pixel, one head (`AttnBlock`): [n,c,h,w] → [n,c,h,w]. */
export function vaeAttention(g: GraphBuilder, name: string, x: GraphValue): GraphValue {
  return g.module(name, [x], (g, x) => {
    const channels = channelsOf(g, x, 1);
    const normal = groupNorm(g, 'norm', x, EPSILON);
    const tokens = (key: string) => {
      const image = conv(g, key, normal, channels, { kernel: 1 });
      return g.op('Transpose', [g.op('Reshape', [image, g.constant([0, channels, -1], 'int64')])], { perm: [0, 2, 1] });
    };
    const seen = g.op('Transpose', [attention(g, tokens('q'), tokens('k'), tokens('v'), 1)], { perm: [0, 2, 1] });
    return g.op('Add', [x, conv(g, 'proj_out', g.op('Reshape', [seen, g.op('Shape', [x])]), channels, { kernel: 1 })]);
  });
}
