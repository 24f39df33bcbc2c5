import type { PromptChunk } from '@armature/sdk';
import { ChunkBuilder } from './chunk-builder.js';
import type { ClipTokenizer } from './clip-tokenizer.js';

/** The chunk of an empty prompt. */
export function emptyChunk(tokenizer: ClipTokenizer): PromptChunk {
  return new ChunkBuilder(tokenizer, 0).finish()[0] as PromptChunk;
}
