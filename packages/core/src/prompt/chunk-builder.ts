import type { PromptChunk } from '@armature/sdk';
import type { ClipTokenizer } from './clip-tokenizer.js';

/** Prompt tokens in one encoder input, start and end left out. */
const capacity = 75;

type Placed = PromptChunk['embeddings'][number];

/** Collects weighted tokens into encoder inputs of 77 ids (the reference's `tokenize_line`). */
export class ChunkBuilder {
  readonly #tokenizer: ClipTokenizer;
  readonly #commaBacktrack: number;
  readonly #chunks: PromptChunk[] = [];
  #tokens: number[] = [];
  #weights: number[] = [];
  #embeddings: Placed[] = [];
  /** Place of the last comma in the open chunk. */
  #comma: number | undefined;

  constructor(tokenizer: ClipTokenizer, commaBacktrack: number) {
    this.#tokenizer = tokenizer;
    this.#commaBacktrack = commaBacktrack;
  }

  push(token: number, weight: number): void {
    this.#startToken(token);
    this.#tokens.push(token);
    this.#weights.push(weight);
  }

  /**
   * Places for the vectors of an embedding whose name begins with `first`, all in one chunk: where they do not fit the next one
   * begins. @param places tokens it takes, as many as it has vectors or less
   */
  pushEmbedding(first: number, { name, vectors }: Readonly<Pick<Placed, 'name' | 'vectors'>>, weight: number, places = vectors): void {
    this.#startToken(first);
    if (this.#tokens.length + places > capacity) this.flush();
    this.#embeddings.push(Object.freeze({ offset: this.#tokens.length + 1, name, vectors }));
    for (let i = 0; i < places; i++) {
      this.#tokens.push(0);
      this.#weights.push(weight);
    }
  }

  /** Ends the chunk, also an empty one (BREAK). */
  flush(): void {
    const { start, end } = this.#tokenizer;
    const missing = capacity - this.#tokens.length;
    const tokens = [start, ...this.#tokens, ...new Array<number>(missing + 1).fill(end)];
    const weights = [1, ...this.#weights, ...new Array<number>(missing + 1).fill(1)];
    const embeddings = Object.freeze(this.#embeddings);
    this.#chunks.push(Object.freeze({ tokens: Object.freeze(tokens), weights: Object.freeze(weights), embeddings }));
    this.#embeddings = [];
    this.#tokens = [];
    this.#weights = [];
    this.#comma = undefined;
  }

  finish(): readonly PromptChunk[] {
    if (this.#tokens.length > 0 || this.#chunks.length === 0) this.flush();
    return Object.freeze(this.#chunks);
  }

  /** Makes room for a token, or for an embedding whose name begins with it. */
  #startToken(token: number): void {
    if (this.#tokens.length === capacity) {
      if (token === this.#tokenizer.comma) this.flush();
      else this.#overflow();
    }
    if (token === this.#tokenizer.comma) this.#comma = this.#tokens.length;
  }

  /**
   * A full chunk is cut behind its last comma, if that is near enough; what follows moves to the next chunk. As in the reference
   * only tokens move: the vectors of an embedding behind the comma stay where they were, at the end of the old chunk.
   */
  #overflow(): void {
    const comma = this.#comma;
    if (comma === undefined || capacity - comma > this.#commaBacktrack) {
      this.flush();
      return;
    }
    const tokens = this.#tokens.splice(comma + 1);
    const weights = this.#weights.splice(comma + 1);
    this.flush();
    this.#tokens = tokens;
    this.#weights = weights;
  }
}
