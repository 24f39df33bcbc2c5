import type { Latent, SamplerContribution } from '@armature/sdk';
import { logScale } from './log-scale.js';

const { fround } = Math;

/** DPM-Solver++(2M): Lu et al. 2022, algorithm 2, in k-diffusion's form. */
export const dpmpp2m: SamplerContribution = {
  name: 'DPM++ 2M',
  aliases: ['k_dpmpp_2m'],
  kind: 'sigma',
  defaultScheduler: 'karras',
  async sample({ latent: initial, sigmas, denoise, step }) {
    let latent = initial;
    let previous: Latent | undefined;
    for (const [i, sigma] of sigmas.slice(0, -1).entries()) {
      const next = sigmas[i + 1] as number;
      const denoised = await denoise(latent, sigma);
      const level = logScale.of(sigma);
      const width = fround(logScale.of(next) - level);
      let target = denoised;
      if (previous && next > 0) {
        const ratio = fround(fround(level - logScale.of(sigmas[i - 1] as number)) / width);
        const weight = fround(1 / fround(2 * ratio));
        target = denoised.scale(1 + weight).sub(previous.scale(weight));
      }
      const keep = fround(logScale.sigma(logScale.of(next)) / logScale.sigma(level));
      latent = latent.scale(keep).sub(target.scale(Math.expm1(-width)));
      previous = denoised;
      await step(i, latent, denoised);
    }
    return latent;
  },
};
