/**
 * Float32 copies of weights files in the data folder, which the runtime maps: a full-size model then opens in seconds and takes
 * little memory of its own. Sizes are MiB.
 */
export interface WeightsCacheConfig {
  /** What all copies together may take; the least recently used go. Default 32,768. */
  readonly limit?: number;
  /** Files below this size get no copy. Default 64. */
  readonly smallest?: number;
}
