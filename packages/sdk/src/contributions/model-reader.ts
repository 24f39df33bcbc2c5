import type { CatalogueEntry } from '../tokens.js';

/** Something that keeps a file, or a part of it, from being used. */
export interface ModelProblem {
  readonly code: string;
  /** Names the file and the next step. */
  readonly message: string;
}

/** What a model file holds, for people and for lists. */
export interface ModelDescription {
  /** In a few words: `LyCORIS network (loha)`. */
  readonly format: string;
  /** What it was made for, `SD 1.x`; absent where nothing in the file tells. */
  readonly base?: string;
  /** Words that call it up in a prompt, the most frequent first; counted where the file counts them. */
  readonly triggers?: readonly { readonly word: string; readonly count?: number }[];
  /** Everything else, in the order of showing: `{ rank: '16', 'embeddings inside': ['my-word'] }`. */
  readonly facts?: Readonly<Record<string, string | number | readonly string[]>>;
  readonly problems?: readonly ModelProblem[];
}

/** Knows what the files of one kind hold; whoever has the kind's files used describes them too. */
export interface ModelReaderContribution {
  /** Kind of model folder, `lora`. */
  readonly name: string;
  /** Undefined: the file holds nothing of this kind. A HostError that is thrown becomes the file's problem. */
  describe(file: CatalogueEntry): Promise<ModelDescription | undefined>;
}
