import { byteAlphabet } from './byte-alphabet.js';
import { type ClipVocabulary, loadClipVocabulary } from './clip-vocabulary.js';
import { mergePairs } from './merge-pairs.js';

/** Text → token ids of CLIP ViT-L (SD 1.x). */
export interface ClipTokenizer {
  readonly start: number;
  /** Ends a prompt and fills its chunk. */
  readonly end: number;
  /** The id of `,`: where a full chunk may be cut. */
  readonly comma: number;
  /** Tokens with brackets in them: what each multiplies the weight by in the webui's first attention syntax. */
  readonly bracketWeights: ReadonlyMap<number, number>;
  /** Without start, end and padding; never cut. */
  encode(text: string): readonly number[];
  /** The same for text that is clean already and has no special tokens. */
  encodeClean(text: string): readonly number[];
}

const start = 49406;
const end = 49407;
/** Unicode's white space: what `\s` means in the reference, which differs from JavaScript's. */
const space = '\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const spaces = new RegExp(`[${space}]+`, 'gu');
const words = new RegExp(`'s|'t|'re|'ve|'m|'ll|'d|\\p{L}+|\\p{N}|[^${space}\\p{L}\\p{N}]+`, 'gu');
const specials = /(<\|startoftext\|>|<\|endoftext\|>)/;
/** Words whose tokens are remembered. */
const cacheLimit = 10_000;

const characters: readonly string[] = [...byteAlphabet].sort((a, b) => a.byte - b.byte).map(({ character }) => character);

/** Loads the vocabulary (about a tenth of a second, in short slices). @throws HostError TOKENIZER_MISSING */
export async function createClipTokenizer(): Promise<ClipTokenizer> {
  const vocabulary = await loadClipVocabulary();
  const cache = new Map<string, readonly number[]>();
  const encodeClean = (text: string): readonly number[] => {
    const ids: number[] = [];
    for (const [word] of text.matchAll(words)) for (const id of cached(cache, word, vocabulary)) ids.push(id);
    return ids;
  };
  const encode = (text: string): readonly number[] =>
    text.split(specials).flatMap((part) => {
      if (specials.test(part)) return part === '<|startoftext|>' ? start : end;
      return encodeClean(clean(part));
    });
  const comma = vocabulary.ids.get(',</w>') ?? end;
  return Object.freeze({ start, end, comma, bracketWeights: bracketWeights(vocabulary), encode, encodeClean });
}

const factors: Readonly<Record<string, number>> = { '(': 1.1, ')': 1 / 1.1, '[': 1 / 1.1, ']': 1.1 };

function bracketWeights({ ids }: ClipVocabulary): ReadonlyMap<number, number> {
  const weights = new Map<number, number>();
  for (const [token, id] of ids) {
    if (!/[()[\]]/.test(token)) continue;
    let weight = 1;
    for (const character of token) weight *= factors[character] ?? 1;
    if (weight !== 1) weights.set(id, weight);
  }
  return weights;
}

/** Hugging Face's cleaning: NFC, white space to single spaces, lower case letter by letter (no final sigma). */
function clean(text: string): string {
  const tidy = text.normalize('NFC').replace(spaces, ' ');
  return Array.from(tidy, (character) => character.toLowerCase()).join('');
}

function cached(cache: Map<string, readonly number[]>, word: string, vocabulary: ClipVocabulary): readonly number[] {
  const known = cache.get(word);
  if (known) return known;
  const ids = encodeWord(word, vocabulary);
  if (cache.size >= cacheLimit) cache.clear();
  cache.set(word, ids);
  return ids;
}

function encodeWord(word: string, { ids, ranks }: ClipVocabulary): readonly number[] {
  const symbols = Array.from(Buffer.from(word, 'utf8'), (byte) => characters[byte] as string);
  symbols.push(`${symbols.pop()}</w>`);
  return mergePairs(symbols, ranks).map((token) => ids.get(token) ?? end);
}
