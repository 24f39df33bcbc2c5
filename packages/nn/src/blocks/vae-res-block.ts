import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { channelsOf } from '../layers/channels-of.js';
import { conv } from '../layers/conv.js';
import { normConv } from './norm-conv.js';

/** Residual block of the autoencoder (`ResnetBlock`): [n,c,h,w] → [n,width,h,w]. */
export function vaeResBlock(g: GraphBuilder, name: string, x: GraphValue, width: number): GraphValue {
  return g.module(name, [x], (g, x) => {
    const residual = normConv(g, 'norm2', 'conv2', normConv(g, 'norm1', 'conv1', x, width), width);
    const skip = channelsOf(g, x, 1) === width ? x : conv(g, 'nin_shortcut', x, width, { kernel: 1 });
    return g.op('Add', [skip, residual]);
  });
}
