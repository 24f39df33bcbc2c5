import type { SamplerContribution } from '@armature/sdk';
import { ancestralStep } from './ancestral-step.js';

/** Euler steps below the next noise level, then fresh noise up to it (k-diffusion's `sample_euler_ancestral`). */
export const eulerAncestral: SamplerContribution = {
  name: 'Euler a',
  aliases: ['k_euler_a', 'k_euler_ancestral'],
  kind: 'sigma',
  reads: ['eta'],
  usesEnsd: true,
  async sample({ latent: initial, sigmas, options, denoise, noise, step }) {
    let latent = initial;
    for (const [i, sigma] of sigmas.slice(0, -1).entries()) {
      const next = sigmas[i + 1] as number;
      const { down, up } = ancestralStep(sigma, next, options.eta);
      const denoised = await denoise(latent, sigma);
      const slope = latent.sub(denoised).div(sigma);
      latent = latent.add(slope.scale(down - sigma));
      // The webui does not pass its noise strength to this sampler.
      if (next > 0) latent = latent.add((await noise()).scale(up));
      await step(i, latent, denoised);
    }
    return latent;
  },
};
