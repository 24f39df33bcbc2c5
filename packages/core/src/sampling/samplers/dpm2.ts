import type { SamplerContribution } from '@armature/sdk';
import { churn } from './churn.js';
import { midpointStep } from './midpoint-step.js';

/** DPM-Solver-2 with optional churn (k-diffusion's `sample_dpm_2`): Lu et al. 2022, algorithm 1. */
export const dpm2: SamplerContribution = {
  name: 'DPM2',
  aliases: ['k_dpm_2'],
  kind: 'sigma',
  reads: ['sChurn', 'sTmin', 'sTmax', 'sNoise'],
  defaultScheduler: 'karras',
  discardNextToLast: true,
  secondOrder: true,
  async sample(run) {
    let { latent } = run;
    for (const [i, next] of run.sigmas.slice(1).entries()) {
      const start = await churn(run, latent, i);
      const after = await midpointStep(run, start.latent, start.sigma, next);
      latent = after.latent;
      await run.step(i, latent, after.denoised);
    }
    return latent;
  },
};
