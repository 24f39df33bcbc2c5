import { type PromptChunk, Tensor } from '@armature/sdk';
import { owned, viewOf } from '@armature/sdk/internal';
import type { Emphasis } from './emphasis.js';

/** One chunk as the text encoder left it. */
export interface EncodedChunk {
  /** [1, 77, width] */
  readonly hidden: Tensor;
  readonly chunk: PromptChunk;
  /** How many pieces of the prompt's schedule have it. */
  readonly times: number;
}

/**
 * Weights hidden states token by token. `Original` then scales them so that their mean is what it was (the webui's
 * `EmphasisOriginal`); as there the mean is that of all variants, which are the same chunk of each piece of a schedule.
 */
export function applyEmphasis(variants: readonly EncodedChunk[], emphasis: Emphasis): readonly Tensor[] {
  if (emphasis === 'None' || emphasis === 'Ignore') return variants.map(({ hidden }) => hidden);
  const weighted = variants.map(weigh);
  if (emphasis === 'No norm') return weighted;
  const before = mean(variants, (i) => (variants[i] as EncodedChunk).hidden);
  const factor = before / mean(variants, (i) => weighted[i] as Tensor);
  return weighted.map((hidden) => hidden.scale(factor));
}

function weigh({ hidden, chunk: { weights } }: EncodedChunk): Tensor {
  const width = hidden.shape[2] as number;
  if (weights.length * width !== hidden.size)
    throw new RangeError(`${weights.length} weights do not fit hidden states of [${hidden.shape}]`);
  const source = viewOf(hidden);
  const data = new Float32Array(source.length);
  for (const [token, weight] of weights.entries()) {
    const factor = Math.fround(weight);
    for (let i = token * width; i < (token + 1) * width; i++) data[i] = (source[i] as number) * factor;
  }
  return new Tensor(owned(data), hidden.shape);
}

function mean(variants: readonly EncodedChunk[], states: (variant: number) => Tensor): number {
  let sum = 0;
  let count = 0;
  for (const [i, { times }] of variants.entries()) {
    const values = viewOf(states(i));
    let part = 0;
    for (const value of values) part += value;
    sum += part * times;
    count += values.length * times;
  }
  return Math.fround(sum / count);
}
