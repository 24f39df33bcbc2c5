import type { PromptTokens } from '@armature/sdk';
import { ChunkBuilder } from './chunk-builder.js';
import type { ClipTokenizer } from './clip-tokenizer.js';
import type { EmbeddingLookup } from './embedding-lookup.js';

const capacity = 75;

/**
 * The webui's first attention syntax (`process_text_old`): each token made of brackets changes the weight of all that
 * follow, numbers are text, and what does not fit the one chunk is left out.
 */
export function compileOldPrompt(
  text: string,
  tokenizer: ClipTokenizer,
  { weighted, embeddings }: { readonly weighted: boolean; readonly embeddings: EmbeddingLookup | undefined },
): PromptTokens {
  const builder = new ChunkBuilder(tokenizer, 0);
  let weight = 1;
  let count = 0;
  const tokens = tokenizer.encode(text);
  for (let at = 0; at < tokens.length && count < capacity; ) {
    const token = tokens[at] as number;
    const change = weighted ? tokenizer.bracketWeights.get(token) : undefined;
    const found = change === undefined ? embeddings?.find(tokens, at) : undefined;
    const places = Math.min(found?.vectors ?? 1, capacity - count);
    if (change !== undefined) weight *= change;
    else if (found) builder.pushEmbedding(token, found, weight, places);
    else builder.push(token, weight);
    if (change === undefined) count += places;
    at += found?.length ?? 1;
  }
  return Object.freeze({ text, chunks: builder.finish() });
}
