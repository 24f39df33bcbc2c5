import type { SamplerContribution } from '@armature/sdk';
import { churn } from './churn.js';

/** Euler's method on the probability flow ODE, with optional churn: Karras et al. 2022, algorithm 2 without the second-order part. */
export const euler: SamplerContribution = {
  name: 'Euler',
  aliases: ['k_euler'],
  kind: 'sigma',
  reads: ['sChurn', 'sTmin', 'sTmax', 'sNoise'],
  async sample(run) {
    const { sigmas, denoise, step } = run;
    let { latent } = run;
    for (const [i, next] of sigmas.slice(1).entries()) {
      const start = await churn(run, latent, i);
      const denoised = await denoise(start.latent, start.sigma);
      const slope = start.latent.sub(denoised).div(start.sigma);
      latent = start.latent.add(slope.scale(next - start.sigma));
      await step(i, latent, denoised);
    }
    return latent;
  },
};
