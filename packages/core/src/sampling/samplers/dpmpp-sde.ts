import type { Latent, SamplerContribution, SamplerRun } from '@armature/sdk';
import { ancestralStep } from './ancestral-step.js';
import { logScale } from './log-scale.js';

/** DPM-Solver++ as a stochastic solver of second order (k-diffusion's `sample_dpmpp_sde`, r = ½). */
export const dpmppSde: SamplerContribution = {
  name: 'DPM++ SDE',
  aliases: ['k_dpmpp_sde'],
  kind: 'sigma',
  reads: ['eta', 'sNoise'],
  defaultScheduler: 'karras',
  secondOrder: true,
  async sample(run) {
    const { sigmas, denoise, step } = run;
    let { latent } = run;
    for (const [i, sigma] of sigmas.slice(0, -1).entries()) {
      const next = sigmas[i + 1] as number;
      const denoised = await denoise(latent, sigma);
      latent = next === 0 ? latent.add(latent.sub(denoised).div(sigma).scale(-sigma)) : await advance(run, latent, denoised, sigma, next);
      await step(i, latent, denoised);
    }
    return latent;
  },
};

/** To the middle in log σ, and with what is learnt there over the whole step. */
async function advance(run: SamplerRun, latent: Latent, denoised: Latent, sigma: number, next: number): Promise<Latent> {
  const level = logScale.of(sigma);
  const start = logScale.sigma(level);
  const width = Math.fround(logScale.of(next) - level);
  const middle = logScale.sigma(Math.fround(level + 0.5 * width));
  const guess = await leap(run, { latent, denoised, sigma: start, next: middle });
  const there = await run.denoise(guess, middle);
  return leap(run, { latent, denoised: there, sigma: start, next: logScale.sigma(Math.fround(level + width)) });
}

interface Leap {
  readonly latent: Latent;
  /** The estimate of x0 to go towards. */
  readonly denoised: Latent;
  readonly sigma: number;
  readonly next: number;
}

async function leap({ options, brownian }: SamplerRun, { latent, denoised, sigma, next }: Leap): Promise<Latent> {
  const { down, up } = ancestralStep(sigma, next, options.eta);
  const target = logScale.of(down);
  const fresh = await brownian(sigma, next);
  return latent
    .scale(logScale.sigma(target) / sigma)
    .sub(denoised.scale(Math.expm1(Math.fround(logScale.of(sigma) - target))))
    .add(fresh.scale(options.sNoise).scale(up));
}
