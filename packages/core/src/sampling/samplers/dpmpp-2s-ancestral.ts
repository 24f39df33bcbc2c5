import type { Latent, SamplerContribution, SamplerRun } from '@armature/sdk';
import { ancestralStep } from './ancestral-step.js';
import { logScale } from './log-scale.js';

/** DPM-Solver++(2S) below the next noise level, then fresh noise up to it (k-diffusion's `sample_dpmpp_2s_ancestral`). */
export const dpmpp2sAncestral: SamplerContribution = {
  name: 'DPM++ 2S a',
  aliases: ['k_dpmpp_2s_a'],
  kind: 'sigma',
  reads: ['eta', 'sNoise'],
  defaultScheduler: 'karras',
  usesEnsd: true,
  secondOrder: true,
  async sample(run) {
    const { sigmas, options, denoise, noise, step } = run;
    let { latent } = run;
    for (const [i, sigma] of sigmas.slice(0, -1).entries()) {
      const next = sigmas[i + 1] as number;
      const { down, up } = ancestralStep(sigma, next, options.eta);
      const denoised = await denoise(latent, sigma);
      latent = down === 0 ? toZero(latent, denoised, sigma) : await advance(run, latent, denoised, sigma, down);
      if (next > 0) latent = latent.add((await noise()).scale(options.sNoise).scale(up));
      await step(i, latent, denoised);
    }
    return latent;
  },
};

const toZero = (latent: Latent, denoised: Latent, sigma: number): Latent => latent.add(latent.sub(denoised).div(sigma).scale(-sigma));

/** Lu et al. 2022 (DPM-Solver++), algorithm 1 with the middle at half the step. */
async function advance({ denoise }: SamplerRun, latent: Latent, denoised: Latent, sigma: number, down: number): Promise<Latent> {
  const level = logScale.of(sigma);
  const width = Math.fround(logScale.of(down) - level);
  const middle = logScale.sigma(Math.fround(level + 0.5 * width));
  const guess = latent.scale(middle / sigma).sub(denoised.scale(Math.expm1(-0.5 * width)));
  return latent.scale(down / sigma).sub((await denoise(guess, middle)).scale(Math.expm1(-width)));
}
