import { defineExtension, type Latent, type SamplerContribution } from '@armature/sdk';

/**
 * Euler with the derivative eased towards the last one: d ← (1 − share)·d + share·d₋₁. It smooths the path, so that few
 * steps are calmer.
 */
const ease: SamplerContribution = {
  name: 'Ease',
  aliases: ['ease'],
  kind: 'sigma',
  defaultScheduler: 'karras',
  async sample({ latent: start, sigmas, denoise, step }) {
    let latent = start;
    let before: Latent | undefined;
    for (let i = 0; i < sigmas.length - 1; i++) {
      const sigma = sigmas[i] as number;
      const denoised = await denoise(latent, sigma);
      const derivative = latent.sub(denoised).div(sigma);
      const eased = before ? derivative.lerp(before, 0.25) : derivative;
      latent = latent.add(eased.scale((sigmas[i + 1] as number) - sigma));
      before = derivative;
      await step(i, latent, denoised);
    }
    return latent;
  },
};

export default defineExtension({
  setup({ contribute }) {
    contribute.sampler(ease);
  },
});
