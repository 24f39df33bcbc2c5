import { Latent } from '@armature/sdk';
import { owned, viewOf } from '@armature/sdk/internal';

/** A window of a latent, in latent cells. */
export interface LatentWindow {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** @throws RangeError for a window that is empty or reaches beyond the latent */
export function cropLatent(latent: Latent, { left, top, width, height }: LatentWindow): Latent {
  const fits = left >= 0 && top >= 0 && width > 0 && height > 0 && left + width <= latent.width && top + height <= latent.height;
  if (!fits) throw new RangeError(`a window of ${width}×${height} at ${left}, ${top} does not lie in a latent of [${latent.shape}]`);
  const source = viewOf(latent);
  const planes = latent.batch * latent.channels;
  const out = new Float32Array(planes * width * height);
  for (let row = 0; row < planes * height; row++) {
    const plane = Math.floor(row / height);
    const start = (plane * latent.height + top + (row % height)) * latent.width + left;
    out.set(source.subarray(start, start + width), row * width);
  }
  return new Latent(owned(out), [latent.batch, latent.channels, height, width]);
}
