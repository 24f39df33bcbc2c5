import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TextEmbedding } from '@armature/sdk';
import type { ClipTokenizer } from './clip-tokenizer.js';
import { vectorCount } from './vectors-for.js';

/** An embedding in a row of tokens. */
export interface FoundEmbedding {
  readonly name: string;
  readonly vectors: number;
  /** Tokens that its name takes. */
  readonly length: number;
}

interface Word extends FoundEmbedding {
  readonly tokens: readonly number[];
}

/** Names tokenised between two looks at the event loop. */
const slice = 200;

/** Embeddings by the tokens of their names (the webui's `EmbeddingDatabase`). */
export class EmbeddingLookup {
  readonly #byName: ReadonlyMap<string, TextEmbedding>;
  /** By first token; longer names first. */
  readonly #words: ReadonlyMap<number, readonly Word[]>;

  private constructor(byName: ReadonlyMap<string, TextEmbedding>, words: ReadonlyMap<number, readonly Word[]>) {
    this.#byName = byName;
    this.#words = words;
  }

  /** Of two with one name the later counts; of two whose names are the same tokens the earlier is found. */
  static async of(embeddings: readonly TextEmbedding[], tokenizer: ClipTokenizer): Promise<EmbeddingLookup> {
    const byName = new Map(embeddings.map((embedding) => [embedding.name, embedding]));
    const words = new Map<number, Word[]>();
    for (const [at, embedding] of [...byName.values()].entries()) {
      const { name } = embedding;
      if (at % slice === slice - 1) await nextTurn();
      const tokens = tokenizer.encode(name);
      const [first] = tokens;
      if (first === undefined) continue;
      const word = { name, tokens, length: tokens.length, vectors: vectorCount(embedding) };
      words.set(first, [...(words.get(first) ?? []), word]);
    }
    for (const alike of words.values()) alike.sort((a, b) => b.length - a.length);
    return new EmbeddingLookup(byName, words);
  }

  get(name: string): TextEmbedding | undefined {
    return this.#byName.get(name);
  }

  /** The embedding whose name the tokens from `at` on are, the longest of several. */
  find(tokens: readonly number[], at: number): FoundEmbedding | undefined {
    return this.#words.get(tokens[at] as number)?.find((word) => word.tokens.every((token, i) => tokens[at + i] === token));
  }
}
