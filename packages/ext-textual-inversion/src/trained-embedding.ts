import type { Tensor } from '@armature/sdk';

/** What an embedding file holds. */
export interface TrainedEmbedding {
  /** Word for prompts. */
  readonly name: string;
  /** [count, width]; a pair for two encoders has one tensor for each, by the encoder's name. */
  readonly vectors: Tensor | Readonly<Record<'clip_l' | 'clip_g', Tensor>>;
  readonly count: number;
  /** Numbers in a vector; of a pair those of both together. */
  readonly width: number;
  /** How long it was trained, and on what. */
  readonly step: number | undefined;
  readonly checkpointHash: string | undefined;
  readonly checkpointName: string | undefined;
}
