/** A seeded stream of unit-variance Gaussian noise, float32. */
export interface NoiseGenerator {
  /** The next `count` values, as one `randn` call of the reference. */
  randn(count: number): Float32Array;
}
