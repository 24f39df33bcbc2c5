import type { SamplerContribution } from '@armature/sdk';

/** Ancestral sampling as diffusion models were first sampled, on a subset of timesteps: Ho et al. 2020, equations 6 and 7. */
export const ddpm: SamplerContribution = {
  name: 'DDPM',
  aliases: ['ddpm'],
  kind: 'timestep',
  async sample({ latent: initial, timesteps, schedule, predictNoise, noise, step }) {
    const alphaAt = (timestep: number): number => schedule.alphasCumprod[timestep] as number;
    let latent = initial;
    for (const [i, timestep] of timesteps.slice(0, -1).entries()) {
      const cumulated = alphaAt(timestep);
      const cumulatedNext = alphaAt(timesteps[i + 1] as number);
      const alpha = cumulated / cumulatedNext;
      const epsilon = await predictNoise(latent, timestep);
      const denoised = latent.sub(epsilon.scale(Math.sqrt(1 - cumulated))).div(Math.sqrt(cumulated));
      const ofDenoised = (Math.sqrt(cumulatedNext) * (1 - alpha)) / (1 - cumulated);
      const ofLatent = (Math.sqrt(alpha) * (1 - cumulatedNext)) / (1 - cumulated);
      const deviation = Math.sqrt(((1 - cumulatedNext) / (1 - cumulated)) * (1 - alpha));
      latent = denoised
        .scale(ofDenoised)
        .add(latent.scale(ofLatent))
        .add((await noise()).scale(deviation));
      await step(i, latent, denoised);
    }
    return latent;
  },
};
