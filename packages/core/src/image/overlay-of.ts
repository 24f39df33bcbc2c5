import { Raster } from '@armature/sdk';
import { unpremultiply } from './alpha.js';
import { inSlices } from './in-slices.js';
import { maskedColours } from './masked-colours.js';

/**
 * What of the given picture is laid over the result: RGBA, opaque where the mask is black
 * (`StableDiffusionProcessingImg2Img.init`, which goes through premultiplied colours and back).
 * @throws RangeError when the mask has another size.
 */
export async function overlayOf(image: Raster, maskForOverlay: Raster): Promise<Raster> {
  const { width, height } = image;
  const colours = await maskedColours(image, maskForOverlay);
  await inSlices(width * height, (start, end) => unpremultiply(colours, start, end), 4);
  return new Raster(colours, { width, height, channels: 4 });
}
