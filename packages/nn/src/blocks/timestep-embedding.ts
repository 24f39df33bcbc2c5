import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { linear } from '../layers/linear.js';
import { silu } from '../layers/silu.js';
import { sinusoid } from '../layers/sinusoid.js';

/** Timestep embedding of the UNet: a sinusoid of `channels`, then two linear maps to 4·channels. */
export function timestepEmbedding(g: GraphBuilder, name: string, timestep: GraphValue, channels: number): GraphValue {
  return embeddingMlp(g, name, sinusoid(g, timestep, channels), 4 * channels);
}

/** Two linear maps with SiLU between, `0` and `2`: what brings a condition [n,c] to the width of the timestep embedding. */
export function embeddingMlp(g: GraphBuilder, name: string, condition: GraphValue, width: number): GraphValue {
  return g.module(name, [condition], (g, condition) => linear(g, '2', silu(g, linear(g, '0', condition, width)), width));
}
