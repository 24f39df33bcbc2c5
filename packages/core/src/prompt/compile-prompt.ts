import { setImmediate as yieldToOthers } from 'node:timers/promises';
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

/** Characters that are tokenised between two looks at the event loop. */
const slice = 8192;

/**
 * Prompt text → chunks of 77 weighted tokens; at least one. Extra-network tags are not prompt text: lift them out first
 * (`extractTags`). @throws HostError PROMPT_INVALID
 */
export async function compilePrompt(text: string, tokenizer: ClipTokenizer, options: CompileOptions): Promise<PromptTokens> {
  const { emphasis, commaBacktrack, old = false } = options;
  if (old) return compileOldPrompt(text, tokenizer, emphasis !== 'None');
  const builder = new ChunkBuilder(tokenizer, commaBacktrack);
  let read = 0;
  for (const part of emphasis === 'None' ? [{ text, weight: 1 }] : parseAttention(text)) {
    if (part.text === 'BREAK' && part.weight === breakWeight) builder.flush();
    else {
      for (const piece of slicesOf(part.text)) {
        for (const token of tokenizer.encode(piece)) builder.push(token, part.weight);
        read += piece.length;
        if (read < slice) continue;
        read = 0;
        await yieldToOthers();
      }
    }
  }
  return Object.freeze({ text, chunks: builder.finish() });
}

/** Long texts in pieces that end at a space: no token reaches across one. */
function* slicesOf(text: string): Generator<string> {
  let start = 0;
  while (text.length - start > slice) {
    const space = text.indexOf(' ', start + slice);
    if (space < 0) break;
    yield text.slice(start, space);
    start = space;
  }
  yield text.slice(start);
}
