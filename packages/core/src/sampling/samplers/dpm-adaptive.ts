import type { Latent, SamplerContribution } from '@armature/sdk';
import { viewOf } from '@armature/sdk/internal';
import { DpmSolver } from './dpm-solver.js';
import { logScale } from './log-scale.js';

const relativeTolerance = 0.05;
const absoluteTolerance = 0.0078;
const firstWidth = 0.05;
/** A step is taken when the next width would be at least this share of its own. */
const acceptFrom = 0.81;

/**
 * DPM-Solver-23 (k-diffusion's `sample_dpm_adaptive`): solves with second and third order and chooses its widths
 * by how far the two lie apart, over the whole batch. Neither the steps nor the scheduler of a request matter.
 */
export const dpmAdaptive: SamplerContribution = {
  name: 'DPM adaptive',
  aliases: ['k_dpm_ad'],
  kind: 'sigma',
  reads: ['eta'],
  usesEnsd: true,
  async sample(run) {
    const { options, range, noise, step } = run;
    const end = logScale.of(range.sigmaMin);
    let level = logScale.of(range.sigmaMax);
    let { latent } = run;
    let lowBefore = latent;
    let width = firstWidth;
    for (let i = 0; level < end - 1e-5; ) {
      const next = Math.min(end, Math.fround(level + width));
      const { target, up } = DpmSolver.noisyStep(level, next, end, options.eta);
      const solver = new DpmSolver(run, latent, level);
      const denoised = await solver.denoised();
      const low = await solver.second(target, 1 / 3);
      const high = await solver.third(target);
      const factor = widening(distance(low, high, lowBefore), options.eta === 0 ? 3 : 1.5);
      width *= factor;
      if (factor < acceptFrom) continue;
      lowBefore = low;
      latent = high.add((await noise()).scale(up));
      level = next;
      await step(i++, latent, denoised);
    }
    return latent;
  },
};

/** By how much the next step may be wider, from the error of this one; limited to 0.2…2.6. */
const widening = (error: number, order: number): number => 1 + Math.atan((1 / (error + 1e-8)) ** (1 / order) - 1);

/** Root mean square of the difference, in units of what is tolerated. */
function distance(low: Latent, high: Latent, before: Latent): number {
  const [a, b, c] = [viewOf(low), viewOf(high), viewOf(before)];
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const value = a[i] as number;
    const tolerated = Math.max(absoluteTolerance, relativeTolerance * Math.max(Math.abs(value), Math.abs(c[i] as number)));
    sum += ((value - (b[i] as number)) / tolerated) ** 2;
  }
  return Math.sqrt(sum / a.length);
}
