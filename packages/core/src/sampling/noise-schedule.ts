import type { NoiseSchedule } from '@armature/sdk';
import { linspace } from './linspace.js';

/** The noise levels of a discretely trained model; what k-diffusion calls a `DiscreteSchedule`. */
export type DiscreteSchedule = NoiseSchedule;

export interface NoiseScheduleOptions {
  readonly linearStart: number;
  readonly linearEnd: number;
  readonly timesteps: number;
  readonly prediction: 'epsilon' | 'v';
}

/**
 * The √-linear β schedule of LDM: β rises linearly in its square root from `linearStart` to `linearEnd`. ᾱ is
 * multiplied up in double precision and rounded to float32 once; everything after that is float32.
 */
export function createNoiseSchedule(options: NoiseScheduleOptions): DiscreteSchedule {
  const alphasCumprod = cumulativeAlphas(options);
  const sigmas = alphasCumprod.map((alpha) => Math.sqrt(Math.fround(Math.fround(1 - alpha) / alpha)));
  const logSigmas = sigmas.map(Math.log);
  return Object.freeze({
    alphasCumprod,
    sigmas,
    prediction: options.prediction,
    sigmaToTimestep: (sigma: number) => sigmaToTimestep(logSigmas, sigma),
    timestepToSigma: (timestep: number) => timestepToSigma(logSigmas, timestep),
  });
}

function cumulativeAlphas({ linearStart, linearEnd, timesteps }: NoiseScheduleOptions): Float32Array {
  const roots = linspace(Math.sqrt(linearStart), Math.sqrt(linearEnd), timesteps, (value) => value);
  const out = new Float32Array(timesteps);
  let product = 1;
  for (let i = 0; i < timesteps; i++) {
    product *= 1 - (roots[i] as number) ** 2;
    out[i] = product;
  }
  return out;
}

/** Fractional timestep, linear in log σ between the two training levels around it; clamped to the schedule. */
function sigmaToTimestep(logSigmas: Float32Array, sigma: number): number {
  const { fround } = Math;
  const wanted = fround(Math.log(fround(sigma)));
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

function timestepToSigma(logSigmas: Float32Array, timestep: number): number {
  const { fround } = Math;
  const wanted = fround(Math.min(Math.max(timestep, 0), logSigmas.length - 1));
  const low = Math.floor(wanted);
  const weight = fround(wanted - low);
  const below = fround(fround(1 - weight) * (logSigmas[low] as number));
  return fround(Math.exp(fround(below + fround(weight * (logSigmas[Math.ceil(wanted)] as number)))));
}
