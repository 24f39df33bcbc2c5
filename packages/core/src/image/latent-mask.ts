import { type Raster, Tensor } from '@armature/sdk';
import { owned, pixelsOf } from '@armature/sdk/internal';
import { inSlices } from './in-slices.js';
import { type RasterSize, resample } from './resample.js';

export interface LatentMaskOptions extends RasterSize {
  /** Values become 0 or 1; a half goes to 0, as numpy's `around`. */
  readonly round: boolean;
}

/**
 * A 1-channel mask on the grid of a latent, `width` × `height` in latent pixels: [1, 1, height, width], 1 = painted anew
 * (`StableDiffusionProcessingImg2Img.init`: bicubic, / 255 in float32).
 */
export async function latentMask(mask: Raster, { width, height, round }: LatentMaskOptions): Promise<Tensor> {
  const values = pixelsOf(await resample(mask, { width, height }, 'bicubic'));
  const data = new Float32Array(values.length);
  await inSlices(values.length, (start, end) => {
    for (let i = start; i < end; i++) {
      const share = (values[i] as number) / 255;
      data[i] = round ? Number(share > 0.5) : share;
    }
  });
  return new Tensor(owned(data), [1, 1, height, width]);
}
