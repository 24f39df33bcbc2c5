import type { JobModelScope } from '../hooks/contexts.js';
import type { Tensor } from '../values/tensor.js';

/** A word that stands for trained vectors in prompts (textual inversion, Gal et al. 2022). */
export interface TextEmbedding {
  /** The word as it is written in prompts; its tokens are what is looked for, in any case of letters. */
  readonly name: string;
  /**
   * [1…75, width]: takes as many places in a chunk as it has rows. For a model with several text encoders one tensor for each,
   * by the encoder's name, all of as many rows.
   */
  readonly vectors: Tensor | Readonly<Record<string, Tensor>>;
  /** What the parameters write beside the word under `TI hashes`, 12 digits as a rule; asked of used ones only. Absent: the word is not named there. */
  hash?(): Promise<string>;
}
export interface TextEncoderScope extends JobModelScope {
  /** Numbers in a token embedding of the model's text encoder; of several those of all together. */
  readonly width: number;
  /** The text encoders of the model. */
  readonly encoders: readonly { readonly name: string; readonly width: number }[];
}
/** A source of embeddings. */
export interface EmbeddingContribution {
  /** Name of the source. */
  readonly name: string;
  /**
   * The embeddings in force, asked when the prompts of a run are read for the first time. Where two share a name the later one
   * counts; where two begin alike the longer one is found.
   */
  list(ctx: TextEncoderScope): readonly TextEmbedding[] | Promise<readonly TextEmbedding[]>;
}
