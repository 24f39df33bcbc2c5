import type { Latent, SamplerRun } from '@armature/sdk';

const { fround } = Math;

/**
 * Denoising diffusion implicit models: Song et al. 2020, equation 12, in the variance-preserving scale. `direction` says
 * which noise leads from x0 to the next timestep.
 */
export async function solveDdim(run: SamplerRun, direction: (epsilon: Latent) => Latent): Promise<Latent> {
  const { timesteps, schedule, options, predictNoise, noise, step } = run;
  const alphaAt = (timestep: number): number => schedule.alphasCumprod[timestep] as number;
  let { latent } = run;
  for (const [i, timestep] of timesteps.slice(0, -1).entries()) {
    const alpha = alphaAt(timestep);
    const alphaNext = alphaAt(timesteps[i + 1] as number);
    const variance = ((1 - alphaNext) / fround(1 - alpha)) * (1 - alpha / alphaNext);
    const deviation = fround(options.eta * Math.sqrt(variance));
    const epsilon = await predictNoise(latent, timestep);
    const denoised = latent.sub(epsilon.scale(Math.sqrt(fround(1 - alpha)))).div(Math.sqrt(alpha));
    const share = fround(Math.sqrt(fround(fround(1 - alphaNext) - fround(deviation ** 2))));
    // Drawn also at eta 0: the reference does, and later draws depend on it.
    const fresh = (await noise()).scale(deviation);
    latent = denoised.scale(Math.sqrt(alphaNext)).add(direction(epsilon).scale(share)).add(fresh);
    await step(i, latent, denoised);
  }
  return latent;
}
