import type { SamplerContribution } from '@armature/sdk';

const { fround } = Math;

/**
 * Trajectory consistency distillation (Zheng et al. 2024, algorithm 4): each step goes below the next timestep, to 1 − γ of it, and
 * noise leads back up. The arithmetic, the last step to the first trained timestep with it, is that of diffusers' `TCDScheduler`, in
 * the scale where noise is added.
 */
export const tcd: SamplerContribution = {
  name: 'TCD',
  aliases: ['k_tcd'],
  kind: 'sigma',
  defaultScheduler: 'tcd',
  reads: ['gamma'],
  async sample({ latent: initial, sigmas, schedule, options: { gamma }, denoise, noise, step }) {
    let latent = initial;
    for (const [i, sigma] of sigmas.slice(0, -1).entries()) {
      const next = sigmas[i + 1] as number;
      const denoised = await denoise(latent, sigma);
      const epsilon = latent.sub(denoised).div(sigma);
      if (next > 0) {
        // Levels name whole timesteps up to rounding, and a timestep too low would be another.
        const timestep = Math.round(schedule.sigmaToTimestep(next) * 1e3) / 1e3;
        const below = schedule.sigmas[Math.floor(fround(fround(1 - gamma) * timestep))] as number;
        const lower = gamma === 0 ? next : Math.min(below, next);
        latent = denoised.add(epsilon.scale(lower));
        if (gamma > 0) latent = latent.add((await noise()).scale(Math.sqrt(next ** 2 - lower ** 2)));
      } else {
        const alpha = schedule.alphasCumprod[0] as number;
        latent = denoised.scale(Math.sqrt(alpha)).add(epsilon.scale(Math.sqrt(1 - alpha)));
      }
      await step(i, latent, denoised);
    }
    return latent;
  },
};
