import { Raster } from '@armature/sdk';
import { unpremultiply } from './alpha.js';
import { alphaComposite } from './alpha-composite.js';
import { boxBlur } from './box-blur.js';
import { inSlices } from './in-slices.js';
import { maskedColours } from './masked-colours.js';
import { withChannels } from './with-channels.js';

/** Blur radii, pixels, and how often each layer is laid on, from the bottom up. */
const LAYERS = [
  [256, 1],
  [64, 1],
  [16, 2],
  [4, 4],
  [2, 2],
  [0, 1],
] as const;

/**
 * A picture whose masked part is filled with the colours around it, ever more blurred towards the middle
 * (`masking.fill`). 3 channels. @throws RangeError when the mask has another size.
 */
export async function fillMasked(image: Raster, mask: Raster): Promise<Raster> {
  const { width, height } = image;
  const kept = await maskedColours(image, mask);
  const filled = new Uint8Array(kept.length);
  for (const [radius, repeats] of LAYERS) {
    const layer = await boxBlur(kept, { width, height }, radius);
    await inSlices(width * height, (start, end) => unpremultiply(layer, start, end), 4);
    for (let i = 0; i < repeats; i++) {
      await inSlices(width * height, (start, end) => alphaComposite(filled, layer, start, end), 4);
    }
  }
  return withChannels(new Raster(filled, { width, height, channels: 4 }), 3);
}
