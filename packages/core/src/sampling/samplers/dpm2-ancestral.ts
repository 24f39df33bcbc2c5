import type { SamplerContribution } from '@armature/sdk';
import { ancestralStep } from './ancestral-step.js';
import { midpointStep } from './midpoint-step.js';

/** DPM-Solver-2 below the next noise level, then fresh noise up to it (k-diffusion's `sample_dpm_2_ancestral`). */
export const dpm2Ancestral: SamplerContribution = {
  name: 'DPM2 a',
  aliases: ['k_dpm_2_a'],
  kind: 'sigma',
  reads: ['eta', 'sNoise'],
  defaultScheduler: 'karras',
  discardNextToLast: true,
  usesEnsd: true,
  secondOrder: true,
  async sample(run) {
    const { sigmas, options, noise, step } = run;
    let { latent } = run;
    for (const [i, sigma] of sigmas.slice(0, -1).entries()) {
      const { down, up } = ancestralStep(sigma, sigmas[i + 1] as number, options.eta);
      const after = await midpointStep(run, latent, sigma, down);
      latent = after.latent;
      if (down > 0) latent = latent.add((await noise()).scale(options.sNoise).scale(up));
      await step(i, latent, after.denoised);
    }
    return latent;
  },
};
