import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { conv } from '../layers/conv.js';
import { groupNorm } from '../layers/group-norm.js';
import { silu } from '../layers/silu.js';

const EPSILON = 1e-6;

/** Normalise, activate, convolve: what every stage of the autoencoder ends with. */
export function normConv(g: GraphBuilder, norm: string, name: string, x: GraphValue, width: number): GraphValue {
  return conv(g, name, silu(g, groupNorm(g, norm, x, EPSILON)), width);
}
