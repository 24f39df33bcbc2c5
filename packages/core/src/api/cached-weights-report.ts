/** A float32 copy of a weights file in the data folder. */
export interface CachedWeightsReport {
  readonly path: string;
  /** The weights file it was made of; empty when the copy cannot be read. */
  readonly source: string;
  readonly bytes: number;
  /** When a session last began to read it. */
  readonly used: Date;
}
