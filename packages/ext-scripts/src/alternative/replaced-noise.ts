import type { Latent } from '@armature/sdk';
import type { GivenNoise } from './alternative-desk.js';

/** The noise that was found, mixed with what was drawn, as the noise of a run that begins with the picture under it. */
export function replacedNoise(drawn: Latent, { start, noise, sigmaMax, randomness }: GivenNoise): Latent {
  const length = Math.sqrt(randomness ** 2 + (1 - randomness) ** 2);
  const mixed = noise
    .scale(1 - randomness)
    .add(drawn.scale(randomness))
    .div(length);
  return mixed.sub(start.div(sigmaMax));
}
