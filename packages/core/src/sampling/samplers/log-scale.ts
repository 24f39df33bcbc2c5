const { fround } = Math;

/** Noise levels as the solvers of Lu et al. 2022 count them: λ = −ln σ, rising as noise falls. float32. */
export const logScale = Object.freeze({
  of: (sigma: number): number => -fround(Math.log(sigma)),
  sigma: (level: number): number => fround(Math.exp(-level)),
  /** σ half-way between two levels. */
  middle: (sigma: number, next: number): number => {
    const start = fround(Math.log(sigma));
    return fround(Math.exp(fround(start + fround(0.5 * fround(fround(Math.log(next)) - start)))));
  },
});
