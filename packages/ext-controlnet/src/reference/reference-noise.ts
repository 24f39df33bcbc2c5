import { Latent, type NoiseStream } from '@armature/sdk';
import { alphasCumprod } from '../finish/mend-prediction.js';
import { roundEven } from '../vision/fit-map.js';

/** A reference as noisy as the picture is at a timestep: its latent for each of `rows`, each with noise of its own. */
export function noisedReference(given: Latent, timestep: number, rows: number, noise: NoiseStream): Latent {
  const shape = [rows, given.channels, given.height, given.width];
  const alpha = alphasCumprod[Math.min(alphasCumprod.length - 1, Math.max(0, roundEven(timestep)))]!;
  const drawn = new Latent(noise.normal(shape).toFloat32Array(), shape);
  return repeated(given, rows)
    .scale(Math.sqrt(alpha))
    .add(drawn.scale(Math.sqrt(1 - alpha)));
}

/** One row for each of `count`. */
function repeated(latent: Latent, count: number): Latent {
  return count === 1 ? latent : latent.concat(...Array.from({ length: count - 1 }, () => latent));
}
