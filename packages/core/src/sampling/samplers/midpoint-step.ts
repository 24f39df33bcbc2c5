import type { Latent, SamplerRun } from '@armature/sdk';
import { logScale } from './log-scale.js';

/** From `sigma` to `next` along the slope half-way in log σ, as DPM-Solver-2 does; to 0 in one Euler step. */
export async function midpointStep(
  { denoise }: SamplerRun,
  latent: Latent,
  sigma: number,
  next: number,
): Promise<{ readonly latent: Latent; readonly denoised: Latent }> {
  const denoised = await denoise(latent, sigma);
  const slope = latent.sub(denoised).div(sigma);
  if (next === 0) return { latent: latent.add(slope.scale(-sigma)), denoised };
  const middle = logScale.middle(sigma, next);
  const guess = latent.add(slope.scale(middle - sigma));
  const slopeThere = guess.sub(await denoise(guess, middle)).div(middle);
  return { latent: latent.add(slopeThere.scale(next - sigma)), denoised };
}
