import type { Latent } from '@armature/sdk';
import type { SamplingInput } from './sampling-input.js';

/** What the sampler is given: noise, or `init` with noise added as `start` says. @throws RangeError when shapes differ */
export async function startLatent({ noise, moments, start, init, extraNoise = 0, noiseMultiplier = 1 }: SamplingInput): Promise<Latent> {
  const drawn = await moments.noise(await noise.first(), 'initial');
  const added = noiseMultiplier === 1 ? drawn : drawn.scale(noiseMultiplier);
  if (!init) return added.scale(start.noiseScale);
  const noised = init.scale(start.latentScale).add(added.scale(start.noiseScale));
  if (extraNoise <= 0) return noised;
  const extra = await moments.noise(added, 'extra');
  return noised.add(extra.scale(extraNoise).scale(start.extraNoiseScale));
}
