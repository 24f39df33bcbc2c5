import type { Latent, SamplerContribution, SamplerRun } from '@armature/sdk';

const { fround } = Math;
const lambda = (sigma: number): number => -fround(Math.log(sigma));

/** SDE-DPM-Solver++(2M), midpoint form (k-diffusion's `sample_dpmpp_2m_sde`); its noise is a Brownian path over σ. */
export const dpmpp2mSde: SamplerContribution = {
  name: 'DPM++ 2M SDE',
  aliases: ['k_dpmpp_2m_sde'],
  kind: 'sigma',
  reads: ['sNoise', 'eta'],
  defaultScheduler: 'exponential',
  async sample(run) {
    const { sigmas, denoise, step } = run;
    let { latent } = run;
    let previous: { readonly denoised: Latent; readonly width: number } | undefined;
    for (const [i, sigma] of sigmas.slice(0, -1).entries()) {
      const next = sigmas[i + 1] as number;
      const denoised = await denoise(latent, sigma);
      const width = fround(lambda(next) - lambda(sigma));
      latent = next === 0 ? denoised : await advance(run, { latent, denoised, previous, sigma, next, width });
      previous = { denoised, width };
      await step(i, latent, denoised);
    }
    return latent;
  },
};

interface Advance {
  readonly latent: Latent;
  readonly denoised: Latent;
  readonly previous: { readonly denoised: Latent; readonly width: number } | undefined;
  readonly sigma: number;
  readonly next: number;
  /** Step width in −log σ. */
  readonly width: number;
}

async function advance({ options, brownian }: SamplerRun, at: Advance): Promise<Latent> {
  const { denoised, previous, sigma, next, width } = at;
  const { eta, sNoise } = options;
  const noiseWidth = fround(fround(eta) * width);
  const pull = fround(-fround(Math.expm1(fround(-width - noiseWidth))));
  const keep = fround(fround(next / sigma) * fround(Math.exp(-noiseWidth)));
  let latent = at.latent.scale(keep).add(denoised.scale(pull));
  if (previous) {
    const ratio = fround(previous.width / width);
    latent = latent.add(denoised.sub(previous.denoised).scale(fround(fround(0.5 * pull) * fround(1 / ratio))));
  }
  if (eta === 0) return latent;
  const deviation = fround(Math.sqrt(-fround(Math.expm1(-2 * noiseWidth))));
  const fresh = await brownian(sigma, next);
  return latent.add(fresh.scale(next).scale(deviation).scale(sNoise));
}
