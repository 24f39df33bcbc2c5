import type { Latent, Tensor } from '@armature/sdk';
import { resizeLatent } from '../../sampling/index.js';
import { encodeImage } from '../images/encode-image.js';
import type { PictureSize, Run } from '../run.js';

/** Cells of a run's latent. */
export function latentSize({ size, model }: Run): PictureSize {
  const { downscale } = model.detected.latent;
  return { width: Math.floor(size.width / downscale), height: Math.floor(size.height / downscale) };
}

/**
 * A picture as a latent of the run's size; one of another size is encoded as it is, then resized (webui resize mode 3).
 * `scaled: false`: the mean of the posterior as the encoder gives it.
 */
export async function encodeToSize(run: Run, plane: Tensor, options: { readonly scaled?: boolean } = {}): Promise<Latent> {
  const latent = await encodeImage(run, plane, options);
  const size = latentSize(run);
  if (latent.width === size.width && latent.height === size.height) return latent;
  return resizeLatent(latent, size, { mode: 'bilinear', antialias: false });
}
