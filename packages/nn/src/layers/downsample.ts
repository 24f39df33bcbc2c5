import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { channelsOf } from './channels-of.js';
import { conv } from './conv.js';

/** Halves height and width, rounded up: a convolution of stride 2 padded on every side (`Downsample` of the UNet). */
export function downsample(g: GraphBuilder, name: string, x: GraphValue): GraphValue {
  return conv(g, name, x, channelsOf(g, x, 1), { stride: 2 });
}
