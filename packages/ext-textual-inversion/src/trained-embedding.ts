import type { Tensor } from '@armature/sdk';

/** What an embedding file holds. */
export interface TrainedEmbedding {
  /** Word for prompts. */
  readonly name: string;
  /** [count, width]; undefined for a pair of two encoders, which is told by its width alone. */
  readonly vectors: Tensor | undefined;
  readonly count: number;
  /** Numbers in a vector; of a pair those of both together. */
  readonly width: number;
  /** How long it was trained, and on what. */
  readonly step: number | undefined;
  readonly checkpointHash: string | undefined;
  readonly checkpointName: string | undefined;
}
