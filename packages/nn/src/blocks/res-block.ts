import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { channelsOf } from '../layers/channels-of.js';
import { conv } from '../layers/conv.js';
import { groupNorm } from '../layers/group-norm.js';
import { linear } from '../layers/linear.js';
import { silu } from '../layers/silu.js';

const EPSILON = 1e-5;

/**
 * Residual block of the UNet (`openaimodel.ResBlock`): [n,c,h,w] → [n,width,h,w], shifted per channel by the timestep
 * embedding [n,e].
 */
export function resBlock(g: GraphBuilder, name: string, x: GraphValue, embedding: GraphValue, width: number): GraphValue {
  return g.module(name, [x, embedding], (g, x, embedding) => {
    const hidden = conv(g, 'in_layers.2', silu(g, groupNorm(g, 'in_layers.0', x, EPSILON)), width);
    const shift = linear(g, 'emb_layers.1', silu(g, embedding), width);
    const shifted = g.op('Add', [hidden, g.op('Reshape', [shift, g.constant([0, width, 1, 1], 'int64')])]);
    const residual = conv(g, 'out_layers.3', silu(g, groupNorm(g, 'out_layers.0', shifted, EPSILON)), width);
    const skip = channelsOf(g, x, 1) === width ? x : conv(g, 'skip_connection', x, width, { kernel: 1 });
    return g.op('Add', [skip, residual]);
  });
}
