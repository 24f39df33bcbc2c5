import type { PromptChunk } from '@armature/sdk';
import type { EmbeddingLookup } from '../../prompt/index.js';

/** What cannot stand in the list of hashes. */
const separators = /[:,]/g;

/** The embeddings that the prompts of a job used, as its parameters list them. */
export class UsedEmbeddings {
  readonly #passes: (readonly string[])[] = [];
  readonly #lookup: () => Promise<EmbeddingLookup>;

  constructor(lookup: () => Promise<EmbeddingLookup>) {
    this.#lookup = lookup;
  }

  /** Notes the chunks of one pass through the text encoder, in its order. */
  note(chunks: readonly PromptChunk[]): void {
    const names = new Set(chunks.flatMap(({ embeddings }) => embeddings.map(({ name }) => name)));
    if (names.size > 0) this.#passes.unshift([...names]);
  }

  /** `name: hash, …`: later passes first, and a name again for each pass, as in the reference. Undefined: none was used. */
  async hashes(): Promise<string | undefined> {
    if (this.#passes.length === 0) return undefined;
    const lookup = await this.#lookup();
    const parts: string[] = [];
    for (const name of this.#passes.flat()) {
      const hash = await lookup.get(name)?.hash?.();
      if (hash) parts.push(`${name.replaceAll(separators, '')}: ${hash}`);
    }
    return parts.length === 0 ? undefined : parts.join(', ');
  }
}
