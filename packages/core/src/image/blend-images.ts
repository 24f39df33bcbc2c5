import { Raster } from '@armature/sdk';
import { pixelsOf } from '@armature/sdk/internal';
import { inSlices } from './in-slices.js';

/**
 * `share` of the second picture over the first, in float32 and cut to whole levels (Pillow's `Image.blend`). Both have one shape.
 * @throws RangeError for pictures of two shapes
 */
export async function blendImages(first: Raster, second: Raster, share: number): Promise<Raster> {
  if (first.width !== second.width || first.height !== second.height || first.channels !== second.channels) {
    throw new RangeError(`a picture of ${second.width}x${second.height} over one of ${first.width}x${first.height}`);
  }
  if (share === 0) return first;
  if (share === 1) return second;
  const [below, above, weight] = [pixelsOf(first), pixelsOf(second), Math.fround(share)];
  const pixels = new Uint8Array(below.length);
  await inSlices(pixels.length, (start, end) => {
    for (let i = start; i < end; i++) {
      const from = below[i] as number;
      pixels[i] = Math.trunc(Math.fround(from + Math.fround(weight * ((above[i] as number) - from))));
    }
  });
  return new Raster(pixels, first);
}
