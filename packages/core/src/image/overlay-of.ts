import { Raster } from '@armature/sdk';
import { unpremultiply } from './alpha.js';
import { maskedColours } from './masked-colours.js';

/**
 * What of the given picture is laid over the result: RGBA, opaque where the mask is black
 * (`StableDiffusionProcessingImg2Img.init`, which goes through premultiplied colours and back).
 * @throws RangeError when the mask has another size.
 */
export async function overlayOf(image: Raster, maskForOverlay: Raster): Promise<Raster> {
  const { width, height } = image;
  return new Raster(unpremultiply(await maskedColours(image, maskForOverlay)), { width, height, channels: 4 });
}
