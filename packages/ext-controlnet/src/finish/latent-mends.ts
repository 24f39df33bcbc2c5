import { type DenoiserFeeds, Latent } from '@armature/sdk';
import type { Pixels } from '../vision/pixels.js';
import { boxBlur, mendPrediction, repeated } from './mend-prediction.js';

/** Keeps what the map's mask does not show: the given picture's latent (`inpaint_only`). */
export function keepUnmasked(feeds: DenoiserFeeds, denoised: Latent, given: Latent, map: Pixels, weight: number): Latent {
  const mask = latentMask(map, denoised);
  const own = repeated(given, denoised.batch);
  const rest = mask.map((value) => 1 - value);
  return mendPrediction(feeds, denoised, weight, (x0) => x0.mul(mask).add(own.mul(rest)));
}

interface ColourFix {
  readonly reach: number;
  readonly weight: number;
  /** How much of the blur the negative prompt's rows keep; undefined: none. */
  readonly sharpness?: number | undefined;
}

/** Takes the coarse colours of the given picture (`tile_colorfix`). */
export function fixColours(feeds: DenoiserFeeds, denoised: Latent, given: Latent, { reach, weight, sharpness }: ColourFix): Latent {
  const coarse = repeated(boxBlur(given, reach), denoised.batch);
  return mendPrediction(feeds, denoised, weight, (predicted) => {
    const x0 = predicted.sub(boxBlur(predicted, reach)).add(coarse);
    if (sharpness === undefined) return x0;
    const detail = sharpness * 0.01;
    const soft = boxBlur(x0, reach)
      .scale(detail)
      .add(x0.scale(1 - detail));
    const positive = feeds.positiveRows;
    if (positive === 0) return soft;
    return positive === x0.batch ? x0 : x0.rows(0, positive).concat(soft.rows(positive, x0.batch));
  });
}

/** A mask on the latent grid: the brightest of 10×10 pixels around each cell, for every row and channel. */
function latentMask({ data, width, height }: Pixels, like: Latent): Latent {
  const plane = new Float32Array(like.width * like.height);
  for (let y = 0; y < like.height; y++)
    for (let x = 0; x < like.width; x++) {
      let most = 0;
      for (let py = Math.max(0, y * 8 - 1); py < Math.min(height, y * 8 + 9); py++)
        for (let px = Math.max(0, x * 8 - 1); px < Math.min(width, x * 8 + 9); px++)
          most = Math.max(most, data[(py * width + px) * 4 + 3]!);
      plane[y * like.width + x] = most / 255;
    }
  return new Latent(Array.from({ length: like.batch * like.channels }, () => [...plane]).flat(), like.shape);
}
