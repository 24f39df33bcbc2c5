import type { NoiseSchedule } from '@armature/sdk';
import { interpolateLevel } from './interpolate-level.js';

export interface DiscreteLevels {
  readonly alphasCumprod: Float32Array;
  readonly prediction: NoiseSchedule['prediction'];
  /** Precision of the levels; float32 unless told otherwise. */
  readonly round?: (value: number) => number;
  /** Whole timesteps only: the trained level nearest in log σ. */
  readonly quantized?: boolean;
}

/** Levels between the trained ones: what k-diffusion calls a `DiscreteSchedule`. Linear in log σ, float32. */
export function discreteSchedule({ alphasCumprod, prediction, round = Math.fround, quantized = false }: DiscreteLevels): NoiseSchedule {
  const sigmas = alphasCumprod.map((alpha) => round(Math.sqrt(round(round(1 - alpha) / alpha))));
  const logSigmas = sigmas.map((sigma) => round(Math.log(sigma)));
  const toTimestep = quantized ? nearestTimestep : betweenTimesteps;
  return Object.freeze({
    alphasCumprod,
    sigmas,
    prediction,
    sigmaToTimestep: (sigma: number) => toTimestep(logSigmas, Math.fround(Math.log(Math.fround(sigma)))),
    timestepToSigma: (timestep: number) => interpolateLevel(logSigmas, timestep),
  });
}

/** Of two levels equally far away the lower one. */
function nearestTimestep(logSigmas: Float32Array, wanted: number): number {
  const distances = logSigmas.map((level) => Math.abs(level - wanted));
  return distances.indexOf(distances.reduce((least, distance) => Math.min(least, distance)));
}

/** Fractional timestep, linear in log σ between the two training levels around it; clamped to the schedule. */
function betweenTimesteps(logSigmas: Float32Array, wanted: number): number {
  const { fround } = Math;
  const low = Math.min(Math.max(lastNotAbove(logSigmas, wanted), 0), logSigmas.length - 2);
  const below = logSigmas[low] as number;
  const above = logSigmas[low + 1] as number;
  const weight = Math.min(Math.max(fround(fround(below - wanted) / fround(below - above)), 0), 1);
  return fround(fround(fround(1 - weight) * low) + fround(weight * (low + 1)));
}

/** Index of the last level ≤ `value` in an ascending list; −1: none. */
function lastNotAbove(levels: Float32Array, value: number): number {
  let low = -1;
  let high = levels.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((levels[middle] as number) <= value) low = middle;
    else high = middle;
  }
  return low;
}
