import type { Latent } from '@armature/sdk';
import type { SamplingInput } from './sampling-input.js';

/** What the sampler is given: noise, or `init` with noise added as `start` says. @throws RangeError when shapes differ */
export async function startLatent(input: SamplingInput): Promise<Latent> {
  const { noise, moments, start, init, extraNoise = 0, noiseMultiplier = 1 } = input;
  const drawn = await moments.noise(await noise.first(), 'initial');
  const added = noiseMultiplier === 1 ? drawn : drawn.scale(noiseMultiplier);
  const { latentScale, noiseScale, extraNoiseScale } = start ?? { latentScale: 0, noiseScale: input.noiseScale ?? 1, extraNoiseScale: 1 };
  if (!init) return added.scale(noiseScale);
  const noised = init.scale(latentScale).add(added.scale(noiseScale));
  if (extraNoise <= 0) return noised;
  const extra = await moments.noise(added, 'extra');
  return noised.add(extra.scale(extraNoise).scale(extraNoiseScale));
}
