import type { Latent, SamplerRun } from '@armature/sdk';
import { logScale } from './log-scale.js';

const { fround } = Math;

/** Weight of the change of x0 since the last step, before it is divided by the ratio of the widths. */
type Correction = (at: { /** 1 − e^−(h+ηh) */ readonly pull: number /** h + ηh */; readonly width: number }) => number;

/** SDE-DPM-Solver++(2M): k-diffusion's `sample_dpmpp_2m_sde`; its noise is a Brownian path over σ. */
export async function solve2mSde(run: SamplerRun, correction: Correction): Promise<Latent> {
  const { sigmas, denoise, step } = run;
  let { latent } = run;
  let previous: Advance['previous'];
  for (const [i, sigma] of sigmas.slice(0, -1).entries()) {
    const next = sigmas[i + 1] as number;
    const denoised = await denoise(latent, sigma);
    const width = fround(logScale.of(next) - logScale.of(sigma));
    latent = next === 0 ? denoised : await advance(run, correction, { latent, denoised, previous, sigma, next, width });
    previous = { denoised, width };
    await step(i, latent, denoised);
  }
  return latent;
}

interface Advance {
  readonly latent: Latent;
  readonly denoised: Latent;
  readonly previous: { readonly denoised: Latent; readonly width: number } | undefined;
  readonly sigma: number;
  readonly next: number;
  /** Step width in −log σ. */
  readonly width: number;
}

async function advance({ options, brownian }: SamplerRun, correction: Correction, at: Advance): Promise<Latent> {
  const { denoised, previous, sigma, next, width } = at;
  const { eta, sNoise } = options;
  const noiseWidth = fround(fround(eta) * width);
  const whole = fround(width + noiseWidth);
  const pull = fround(-fround(Math.expm1(-whole)));
  const keep = fround(fround(next / sigma) * fround(Math.exp(-noiseWidth)));
  let latent = at.latent.scale(keep).add(denoised.scale(pull));
  if (previous) {
    const ratio = fround(previous.width / width);
    const weight = fround(correction({ pull, width: whole }));
    latent = latent.add(denoised.sub(previous.denoised).scale(fround(weight * fround(1 / ratio))));
  }
  if (eta === 0) return latent;
  const deviation = fround(Math.sqrt(-fround(Math.expm1(-2 * noiseWidth))));
  const fresh = await brownian(sigma, next);
  return latent.add(fresh.scale(next).scale(deviation).scale(sNoise));
}
