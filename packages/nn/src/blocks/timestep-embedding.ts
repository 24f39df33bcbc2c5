import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { linear } from '../layers/linear.js';
import { silu } from '../layers/silu.js';
import { sinusoid } from '../layers/sinusoid.js';

/** Timestep embedding of the UNet: a sinusoid of `channels`, then two linear maps to 4·channels. */
export function timestepEmbedding(g: GraphBuilder, name: string, timestep: GraphValue, channels: number): GraphValue {
  return g.module(name, [sinusoid(g, timestep, channels)], (g, wave) => {
    const hidden = silu(g, linear(g, '0', wave, 4 * channels));
    return linear(g, '2', hidden, 4 * channels);
  });
}
