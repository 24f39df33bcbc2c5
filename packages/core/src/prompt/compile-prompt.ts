import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { PromptTokens } from '@armature/sdk';
import { ChunkBuilder } from './chunk-builder.js';
import type { ClipTokenizer } from './clip-tokenizer.js';
import { compileOldPrompt } from './compile-old-prompt.js';
import type { EmbeddingLookup } from './embedding-lookup.js';
import type { Emphasis } from './emphasis.js';
import { breakWeight, parseAttention } from './parse-attention.js';

export interface CompileOptions {
  readonly emphasis: Emphasis;
  /** How many tokens a full chunk may give up to end at a comma; 0: none. */
  readonly commaBacktrack: number;
  /** The webui's first attention syntax instead of today's. */
  readonly old?: boolean;
  /** Words that stand for vectors. */
  readonly embeddings?: EmbeddingLookup;
}

/** Characters that are tokenised between two looks at the event loop. */
const slice = 8192;

/**
 * Prompt text → chunks of 77 weighted tokens; at least one. Extra-network tags are not prompt text: lift them out first
 * (`extractTags`). @throws HostError PROMPT_INVALID
 */
export async function compilePrompt(text: string, tokenizer: ClipTokenizer, options: CompileOptions): Promise<PromptTokens> {
  const { emphasis, commaBacktrack, old = false, embeddings } = options;
  if (old) return compileOldPrompt(text, tokenizer, { weighted: emphasis !== 'None', embeddings });
  const builder = new ChunkBuilder(tokenizer, commaBacktrack);
  const pause = pauses();
  for (const part of emphasis === 'None' ? [{ text, weight: 1 }] : parseAttention(text)) {
    if (part.text === 'BREAK' && part.weight === breakWeight) builder.flush();
    else {
      const tokens = await tokenise(part.text, tokenizer, pause);
      for (let at = 0; at < tokens.length; ) {
        const token = tokens[at] as number;
        const found = embeddings?.find(tokens, at);
        if (found) builder.pushEmbedding(token, found, part.weight);
        else builder.push(token, part.weight);
        at += found?.length ?? 1;
      }
    }
  }
  return Object.freeze({ text, chunks: builder.finish() });
}

/** The tokens of one part of a prompt. `pause` is told what was read. */
async function tokenise(text: string, tokenizer: ClipTokenizer, pause: (read: number) => Promise<void>): Promise<readonly number[]> {
  const tokens: number[] = [];
  for (const piece of slicesOf(text)) {
    for (const token of tokenizer.encode(piece)) tokens.push(token);
    await pause(piece.length);
  }
  return tokens;
}

/** Lets others run each time that much was read. */
function pauses(): (read: number) => Promise<void> {
  let since = 0;
  return async (read) => {
    since += read;
    if (since < slice) return;
    since = 0;
    await yieldToOthers();
  };
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
