import { HostError } from '@armature/sdk/host';
import { splitWord } from './split-word.js';
import { trimEnd, trimStart } from './white-space.js';

/** Text that shares one attention weight. */
export interface WeightedText {
  readonly text: string;
  readonly weight: number;
}
/** The entry that ends a chunk: the word BREAK with this weight. */
export const breakWeight = -1;

const tokens = /\\\(|\\\)|\\\[|\\\]|\\\\|\\|\(|\[|:\s*([+-]?[.\d]+)\s*\)|\)|\]|[^\\()[\]:]+|:/gu;
const round = 1.1;
const square = 1 / 1.1;
/** Deeper brackets would make weights no float32 can hold well before they make sense. */
const deepest = 256;

/**
 * The webui's attention syntax: `(more)` ×1.1, `[less]` ÷1.1, `(exactly:1.3)`, `\(` for the character, BREAK. Brackets
 * nest, open ones close at the end. Empty text is one empty entry.
 * @throws HostError PROMPT_INVALID for a weight like `1.2.3` and for more than 256 brackets open at once
 */
export function parseAttention(text: string): readonly WeightedText[] {
  const parser = new AttentionParser();
  for (const [token, weight] of text.matchAll(tokens)) parser.read(token, weight);
  return parser.finish();
}

class AttentionParser {
  readonly #parts: { text: string; weight: number }[] = [];
  readonly #round: number[] = [];
  readonly #square: number[] = [];

  read(token: string, weight: string | undefined): void {
    if (token.startsWith('\\')) this.#push(token.slice(1), 1);
    else if (token === '(') this.#open(this.#round);
    else if (token === '[') this.#open(this.#square);
    else if (weight !== undefined && this.#round.length > 0) this.#multiplyFrom(this.#round.pop(), readWeight(weight));
    else if (token === ')' && this.#round.length > 0) this.#multiplyFrom(this.#round.pop(), round);
    else if (token === ']' && this.#square.length > 0) this.#multiplyFrom(this.#square.pop(), square);
    else this.#pushPlain(token);
  }

  finish(): readonly WeightedText[] {
    for (const from of this.#round) this.#multiplyFrom(from, round);
    for (const from of this.#square) this.#multiplyFrom(from, square);
    if (this.#parts.length === 0) this.#push('', 1);
    const merged: { text: string; weight: number }[] = [];
    for (const part of this.#parts) {
      const last = merged.at(-1);
      if (last?.weight === part.weight) last.text += part.text;
      else merged.push(part);
    }
    return merged;
  }

  #open(brackets: number[]): void {
    if (brackets.length === deepest) throw new HostError('PROMPT_INVALID', { problem: `more than ${deepest} brackets are open at once` });
    brackets.push(this.#parts.length);
  }

  #pushPlain(token: string): void {
    const parts = splitWord(token, 'BREAK');
    for (const [i, part] of parts.entries()) {
      if (i > 0) this.#push('BREAK', breakWeight);
      const start = i > 0 ? trimStart(part) : part;
      this.#push(i < parts.length - 1 ? trimEnd(start) : start, 1);
    }
  }

  #push(text: string, weight: number): void {
    this.#parts.push({ text, weight });
  }

  #multiplyFrom(from = 0, factor = 1): void {
    for (let i = from; i < this.#parts.length; i++) (this.#parts[i] as { weight: number }).weight *= factor;
  }
}

function readWeight(text: string): number {
  const weight = Number(text);
  if (Number.isFinite(weight)) return weight;
  throw new HostError('PROMPT_INVALID', { problem: `the attention weight "${text}" is not a number` });
}
