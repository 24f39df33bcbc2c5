import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { channelsOf } from './channels-of.js';
import { conv } from './conv.js';

/** Halves height and width, rounded down: padded below and to the right only (`Downsample` of the autoencoder). */
export function downsampleAsymmetric(g: GraphBuilder, name: string, x: GraphValue): GraphValue {
  return conv(g, name, x, channelsOf(g, x, 1), { stride: 2, pads: [0, 0, 1, 1] });
}
