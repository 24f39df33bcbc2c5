import type { Latent, SamplerContribution } from '@armature/sdk';

/** Adams–Bashforth weights of the newest and the older predictions, by how many there are. */
const weights: readonly (readonly number[])[] = [
  [3 / 2, -1 / 2],
  [23 / 12, -16 / 12, 5 / 12],
  [55 / 24, -59 / 24, 37 / 24, -9 / 24],
];

/** Pseudo linear multistep: Liu et al. 2022, DDIM steps along a prediction made from the last four. */
export const plms: SamplerContribution = {
  name: 'PLMS',
  aliases: ['plms'],
  kind: 'timestep',
  async sample({ latent: initial, timesteps, schedule, predictNoise, step }) {
    const alphaAt = (timestep: number): number => schedule.alphasCumprod[timestep] as number;
    /** Newest first. */
    let known: readonly Latent[] = [];
    let latent = initial;
    for (const [i, timestep] of timesteps.slice(0, -1).entries()) {
      const next = timesteps[i + 1] as number;
      const ways = { alpha: alphaAt(timestep), alphaNext: alphaAt(next) };
      const epsilon = await predictNoise(latent, timestep);
      known = [epsilon, ...known].slice(0, 4);
      const told = known.length > 1 ? combine(known) : epsilon.add(await predictNoise(move(latent, epsilon, ways).latent, next)).scale(0.5);
      const moved = move(latent, told, ways);
      latent = moved.latent;
      await step(i, latent, moved.denoised);
    }
    return latent;
  },
};

function combine(known: readonly Latent[]): Latent {
  const factors = weights[known.length - 2] ?? [];
  return known.map((prediction, back) => prediction.scale(factors[back] ?? 0)).reduce((sum, part) => sum.add(part));
}

interface Way {
  readonly alpha: number;
  readonly alphaNext: number;
}

/** A DDIM step without noise. */
function move(latent: Latent, epsilon: Latent, { alpha, alphaNext }: Way): { readonly latent: Latent; readonly denoised: Latent } {
  const denoised = latent.sub(epsilon.scale(Math.sqrt(Math.fround(1 - alpha)))).div(Math.sqrt(alpha));
  return { latent: denoised.scale(Math.sqrt(alphaNext)).add(epsilon.scale(Math.sqrt(1 - alphaNext))), denoised };
}
