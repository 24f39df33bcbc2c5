import type { NoiseSchedule } from '@armature/sdk';
import { discreteSchedule } from './discrete-schedule.js';
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
  return discreteSchedule({ alphasCumprod: cumulativeAlphas(options), prediction: options.prediction });
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
