import type { Latent, SamplerRun } from '@armature/sdk';

/** From `sigma` to `next` along the mean of the slopes at both ends; to 0 in one Euler step. */
export async function heunStep(
  { denoise }: SamplerRun,
  latent: Latent,
  sigma: number,
  next: number,
): Promise<{ readonly latent: Latent; readonly denoised: Latent }> {
  const denoised = await denoise(latent, sigma);
  const slope = latent.sub(denoised).div(sigma);
  const width = next - sigma;
  const guess = latent.add(slope.scale(width));
  if (next === 0) return { latent: guess, denoised };
  const slopeAfter = guess.sub(await denoise(guess, next)).div(next);
  return { latent: latent.add(slope.add(slopeAfter).scale(0.5).scale(width)), denoised };
}
