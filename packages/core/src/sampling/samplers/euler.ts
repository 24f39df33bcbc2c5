import type { SamplerContribution } from '@armature/sdk';

const { fround } = Math;

/** Euler's method on the probability flow ODE, with optional churn: Karras et al. 2022, algorithm 2 without the second-order part. */
export const euler: SamplerContribution = {
  name: 'Euler',
  aliases: ['k_euler'],
  kind: 'sigma',
  reads: ['sChurn', 'sTmin', 'sTmax', 'sNoise'],
  async sample({ latent: initial, sigmas, options, denoise, noise, step }) {
    const { sChurn, sTmin, sTmax, sNoise } = options;
    let latent = initial;
    for (const [i, sigma] of sigmas.slice(0, -1).entries()) {
      const inRange = sTmin <= sigma && sigma <= sTmax;
      const gamma = inRange ? Math.min(sChurn / (sigmas.length - 1), Math.SQRT2 - 1) : 0;
      // Drawn also without churn: the reference does, and later draws depend on it.
      const fresh = await noise();
      const churned = fround(sigma * fround(gamma + 1));
      if (gamma > 0) latent = latent.add(fresh.scale(sNoise).scale(Math.sqrt(fround(fround(churned ** 2) - fround(sigma ** 2)))));
      const denoised = await denoise(latent, churned);
      const slope = latent.sub(denoised).div(churned);
      latent = latent.add(slope.scale((sigmas[i + 1] as number) - churned));
      await step(i, latent, denoised);
    }
    return latent;
  },
};
