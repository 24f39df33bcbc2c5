/** A model's noise at one time between 0 and 1 of the continuous process. */
export interface VpPoint {
  readonly time: number;
  /** Share of the picture, and of the noise. */
  readonly alpha: number;
  readonly sigma: number;
  /** ln α/σ */
  readonly lambda: number;
}

export interface VpSchedule {
  at(time: number): VpPoint;
  timeOf(lambda: number): number;
}

/**
 * Training timesteps as times: step i is (i + 1) / count, ln α is linear between two of them (`NoiseScheduleVP` of the
 * DPM-Solver and UniPC authors, kind "discrete").
 */
export function vpSchedule(alphasCumprod: ArrayLike<number>): VpSchedule {
  const logAlphas = Array.from(alphasCumprod, (alpha) => 0.5 * Math.log(alpha));
  const count = logAlphas.length;
  const logAlphaAt = (index: number): number => logAlphas[index] as number;
  return {
    at(time) {
      const position = time * count - 1;
      const low = Math.min(Math.max(Math.floor(position), 0), count - 2);
      const logAlpha = logAlphaAt(low) + (position - low) * (logAlphaAt(low + 1) - logAlphaAt(low));
      const sigma = Math.sqrt(-Math.expm1(2 * logAlpha));
      return { time, alpha: Math.exp(logAlpha), sigma, lambda: logAlpha - Math.log(sigma) };
    },
    timeOf(lambda) {
      const logAlpha = -0.5 * Math.log1p(Math.exp(-2 * lambda));
      const after = logAlphas.findIndex((value) => value <= logAlpha);
      const low = Math.min(Math.max(after - 1, 0), count - 2);
      return (low + 1 + (logAlpha - logAlphaAt(low)) / (logAlphaAt(low + 1) - logAlphaAt(low))) / count;
    },
  };
}
