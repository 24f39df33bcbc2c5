import type { PromptTokens } from '@armature/sdk';
import { ChunkBuilder } from './chunk-builder.js';
import type { ClipTokenizer } from './clip-tokenizer.js';

const capacity = 75;

/**
 * The webui's first attention syntax (`process_text_old`): each token made of brackets changes the weight of all that
 * follow, numbers are text, and what does not fit the one chunk is left out.
 */
export function compileOldPrompt(text: string, tokenizer: ClipTokenizer, weighted: boolean): PromptTokens {
  const builder = new ChunkBuilder(tokenizer, 0);
  let weight = 1;
  let count = 0;
  for (const token of tokenizer.encode(text)) {
    const change = weighted ? tokenizer.bracketWeights.get(token) : undefined;
    if (change !== undefined) weight *= change;
    else if (count++ < capacity) builder.push(token, weight);
  }
  return Object.freeze({ text, chunks: builder.finish() });
}
