import type { Latent, SamplerContribution } from '@armature/sdk';
import { logScale } from './log-scale.js';

/** A step that was taken: its estimate of x0 and its width in −log σ. */
interface Taken {
  readonly denoised: Latent;
  readonly width: number;
}

/** SDE-DPM-Solver++(3M): k-diffusion's `sample_dpmpp_3m_sde`; its noise is a Brownian path over σ. */
export const dpmpp3mSde: SamplerContribution = {
  name: 'DPM++ 3M SDE',
  aliases: ['k_dpmpp_3m_sde'],
  kind: 'sigma',
  reads: ['eta', 'sNoise'],
  defaultScheduler: 'exponential',
  discardNextToLast: true,
  async sample({ latent: initial, sigmas, options, denoise, brownian, step }) {
    const { eta, sNoise } = options;
    let latent = initial;
    /** Newest first. */
    let taken: readonly Taken[] = [];
    for (const [i, sigma] of sigmas.slice(0, -1).entries()) {
      const next = sigmas[i + 1] as number;
      const denoised = await denoise(latent, sigma);
      const width = Math.fround(logScale.of(next) - logScale.of(sigma));
      if (next === 0) {
        latent = denoised;
      } else {
        latent = advance(latent, { denoised, width }, taken, eta);
        const deviation = Math.sqrt(-Math.expm1(-2 * width * eta));
        if (eta > 0) latent = latent.add((await brownian(sigma, next)).scale(next).scale(deviation).scale(sNoise));
      }
      taken = [{ denoised, width }, ...taken].slice(0, 2);
      await step(i, latent, denoised);
    }
    return latent;
  },
};

/** Without its noise, with as many steps behind it as there are. */
function advance(latent: Latent, { denoised, width }: Taken, [last, before]: readonly Taken[], eta: number): Latent {
  const whole = width * (eta + 1);
  const first = latent.scale(Math.exp(-whole)).sub(denoised.scale(Math.expm1(-whole)));
  if (!last) return first;
  const phi2 = Math.expm1(-whole) / whole + 1;
  const ratio = last.width / width;
  const change = denoised.sub(last.denoised).scale(1 / ratio);
  if (!before) return first.add(change.scale(phi2));
  const ratioBefore = before.width / width;
  const changeBefore = last.denoised.sub(before.denoised).scale(1 / ratioBefore);
  const bend = change.sub(changeBefore).scale(1 / (ratio + ratioBefore));
  const phi3 = phi2 / whole - 0.5;
  return first.add(change.add(bend.scale(ratio)).scale(phi2)).sub(bend.scale(phi3));
}
