import type { PromptTokens } from '@armature/sdk';
import { ChunkBuilder } from './chunk-builder.js';
import type { ClipTokenizer } from './clip-tokenizer.js';
import { compileOldPrompt } from './compile-old-prompt.js';
import type { Emphasis } from './emphasis.js';
import { breakWeight, parseAttention } from './parse-attention.js';

export interface CompileOptions {
  readonly emphasis: Emphasis;
  /** How many tokens a full chunk may give up to end at a comma; 0: none. */
  readonly commaBacktrack: number;
  /** The webui's first attention syntax instead of today's. */
  readonly old?: boolean;
}

/**
 * Prompt text → chunks of 77 weighted tokens; at least one. Extra-network tags are not prompt text: lift them out first
 * (`extractTags`). @throws HostError PROMPT_INVALID
 */
export function compilePrompt(
  text: string,
  tokenizer: ClipTokenizer,
  { emphasis, commaBacktrack, old = false }: CompileOptions,
): PromptTokens {
  if (old) return compileOldPrompt(text, tokenizer, emphasis !== 'None');
  const builder = new ChunkBuilder(tokenizer, commaBacktrack);
  for (const part of emphasis === 'None' ? [{ text, weight: 1 }] : parseAttention(text)) {
    if (part.text === 'BREAK' && part.weight === breakWeight) builder.flush();
    else for (const token of tokenizer.encode(part.text)) builder.push(token, part.weight);
  }
  return Object.freeze({ text, chunks: builder.finish() });
}
