import { type Conditioning, isConditioning } from '../values/conditioning.js';
import { isTensor, type Tensor } from '../values/tensor.js';
import type { JobModelScope, JobScope } from './contexts.js';
import { guarded, record, transform } from './kinds.js';
import { isNumber, isObject, isText, listOf } from './predicates.js';

export interface PromptText {
  readonly prompt: string;
  readonly negativePrompt: string;
}
/** One encoder input: 77 ids (start, 75 tokens, end/padding) with a weight each. */
export interface PromptChunk {
  readonly tokens: readonly number[];
  readonly weights: readonly number[];
  /** Vectors that replace token embeddings (textual inversion): position in the chunk 1…75 and the embedding's name. */
  readonly embeddings: readonly { readonly offset: number; readonly name: string; readonly vectors: number }[];
}
export interface PromptTokens {
  readonly text: string;
  readonly chunks: readonly PromptChunk[];
}
export interface PromptTextScope extends JobScope {
  /** 0-based number of the picture in its job. */
  readonly index: number;
  /** The picture's seed: what is drawn by it comes out the same when the picture is made again. */
  readonly seed: number;
}
export interface TokensScope extends JobModelScope {
  readonly negative: boolean;
  /** Name of the text encoder: a prompt is read once for each the model has. */
  readonly encoder: string;
}
export interface EmbeddingScope extends TokensScope {
  readonly chunk: PromptChunk;
}

const row = (value: unknown): boolean => listOf(isNumber)(value) && (value as readonly number[]).length === 77;
const chunk = record<PromptChunk>('PromptChunk', { tokens: row, weights: row, embeddings: listOf(isObject) });
const tokens = record<PromptTokens>('PromptTokens', {
  text: isText,
  chunks: listOf((value) => chunk.accepts(value, value as PromptChunk)),
});

export const promptHooks = {
  /** The prompt pair of one picture before anything is parsed. */
  text: transform<PromptText, PromptTextScope>(record<PromptText>('PromptText', { prompt: isText, negativePrompt: isText })),
  /** Token chunks of one prompt for one text encoder. */
  tokens: transform<PromptTokens, TokensScope>(tokens),
  /** Token embeddings of one chunk, [1, 77, width], before the encoder's first layer. */
  embeddings: transform<Tensor, EmbeddingScope>(guarded('Tensor', (value, previous) => isTensor(value) && value.sameShape(previous))),
  /** The finished conditioning of one prompt batch. */
  conditioning: transform<Conditioning, JobModelScope & { readonly negative: boolean }>(guarded('Conditioning', isConditioning)),
} as const;
