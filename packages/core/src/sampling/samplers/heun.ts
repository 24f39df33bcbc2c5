import type { SamplerContribution } from '@armature/sdk';
import { churn } from './churn.js';
import { heunStep } from './heun-step.js';

/** Heun's method with optional churn: Karras et al. 2022, algorithm 2. */
export const heun: SamplerContribution = {
  name: 'Heun',
  aliases: ['k_heun'],
  kind: 'sigma',
  reads: ['sChurn', 'sTmin', 'sTmax', 'sNoise'],
  secondOrder: true,
  async sample(run) {
    let { latent } = run;
    for (const [i, next] of run.sigmas.slice(1).entries()) {
      const start = await churn(run, latent, i);
      const after = await heunStep(run, start.latent, start.sigma, next);
      latent = after.latent;
      await run.step(i, latent, after.denoised);
    }
    return latent;
  },
};
