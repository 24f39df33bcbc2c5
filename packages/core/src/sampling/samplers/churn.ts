import type { Latent, SamplerRun } from '@armature/sdk';

const { fround } = Math;

/**
 * Raises the noise of step `index` a little before it is taken: Karras et al. 2022, algorithm 2, lines 4 to 6. Without
 * churn the latent stays as it is.
 */
export async function churn(
  { sigmas, options, noise }: SamplerRun,
  latent: Latent,
  index: number,
): Promise<{ readonly latent: Latent; readonly sigma: number }> {
  const { sChurn, sTmin, sTmax, sNoise } = options;
  const sigma = sigmas[index] as number;
  const inRange = sTmin <= sigma && sigma <= sTmax;
  const gamma = inRange ? Math.min(sChurn / (sigmas.length - 1), Math.SQRT2 - 1) : 0;
  // Drawn also without churn: the reference does, and later draws depend on it.
  const fresh = await noise();
  const raised = fround(sigma * fround(gamma + 1));
  if (gamma === 0) return { latent, sigma };
  const deviation = Math.sqrt(fround(fround(raised ** 2) - fround(sigma ** 2)));
  return { latent: latent.add(fresh.scale(sNoise).scale(deviation)), sigma: raised };
}
