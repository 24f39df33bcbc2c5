import type { NoiseLevel } from './denoiser-scale.js';
import type { SamplingInput } from './sampling-input.js';

/**
 * How much of the way a denoiser call has behind it by its noise level, 0…1 (the webui's `apply_refiner`): counted in
 * training timesteps from the noisiest; for sigma samplers the trained level nearest in σ counts.
 */
export function refinerRatio({ sigma, timestep }: NoiseLevel, { sampler, schedule }: Pick<SamplingInput, 'sampler' | 'schedule'>): number {
  const at = sampler.kind === 'timestep' ? Math.trunc(timestep) : nearest(schedule.sigmas, Math.fround(sigma));
  return (999 - at) / 1000;
}

/** Of two levels equally far away the lower one. */
function nearest(levels: Float32Array, wanted: number): number {
  const distances = levels.map((level) => Math.abs(level - wanted));
  return distances.indexOf(distances.reduce((least, distance) => Math.min(least, distance)));
}
