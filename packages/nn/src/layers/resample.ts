import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { channelsOf } from './channels-of.js';
import { conv } from './conv.js';

/** Doubles height and width by repetition, then convolves (`Upsample`): the weight is `<name>.conv.weight`. */
export function upsample(g: GraphBuilder, name: string, x: GraphValue): GraphValue {
  return g.module(name, [x], (g, x) => {
    const doubled = g.op('Resize', [x, undefined, g.constant([1, 1, 2, 2])], {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    });
    return conv(g, 'conv', doubled, channelsOf(x!, 1));
  });
}

/** Halves height and width, rounded up: a convolution of stride 2 padded on every side (`Downsample` of the UNet). */
export function downsample(g: GraphBuilder, name: string, x: GraphValue): GraphValue {
  return conv(g, name, x, channelsOf(x, 1), { stride: 2 });
}

/** Halves height and width, rounded down: padded below and to the right only (`Downsample` of the autoencoder). */
export function downsampleAsymmetric(g: GraphBuilder, name: string, x: GraphValue): GraphValue {
  return conv(g, name, x, channelsOf(x, 1), { stride: 2, pads: [0, 0, 1, 1] });
}

/** Cuts [n,c,h,w] down to the height and width of `like`. */
export function cropTo(g: GraphBuilder, x: GraphValue, like: GraphValue): GraphValue {
  if (x.shape[2] === like.shape[2] && x.shape[3] === like.shape[3]) return x;
  const ints = (...values: number[]) => g.constant(values, 'int64');
  return g.op('Slice', [x, ints(0, 0), g.op('Shape', [like], { start: 2, end: 4 }), ints(2, 3)]);
}
