import { type PromptChunk, Tensor } from '@armature/sdk';
import { owned, viewOf } from '@armature/sdk/internal';
import type { Emphasis } from './emphasis.js';

/**
 * Weights the hidden states of chunks, [chunks, 77, width], token by token. `Original` then scales the whole tensor so
 * that its mean is what it was (the webui's `EmphasisOriginal`).
 */
export function applyEmphasis(hidden: Tensor, chunks: readonly PromptChunk[], emphasis: Emphasis): Tensor {
  if (emphasis === 'None' || emphasis === 'Ignore') return hidden;
  const weights = chunks.flatMap((chunk) => chunk.weights);
  const width = hidden.shape[2] as number;
  if (weights.length * width !== hidden.size) throw new RangeError(`${chunks.length} chunks do not fit hidden states of [${hidden.shape}]`);
  const source = viewOf(hidden);
  const data = new Float32Array(source.length);
  for (const [token, weight] of weights.entries()) {
    const factor = Math.fround(weight);
    for (let i = token * width; i < (token + 1) * width; i++) data[i] = (source[i] as number) * factor;
  }
  const weighted = new Tensor(owned(data), hidden.shape);
  return emphasis === 'Original' ? weighted.scale(mean(source) / mean(data)) : weighted;
}

function mean(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return Math.fround(sum / values.length);
}
