import type { Raster } from '@armature/sdk';
import { pixelsOf } from '@armature/sdk/internal';
import { divide255, premultiply } from './alpha.js';
import { inSlices } from './in-slices.js';
import { withChannels } from './with-channels.js';

/** Premultiplied RGBA bytes of a picture where the 1-channel mask is black; each byte fades as the mask grows white. */
export async function maskedColours(image: Raster, mask: Raster): Promise<Uint8Array> {
  if (mask.width !== image.width || mask.height !== image.height)
    throw new RangeError(`a mask of ${mask.width}×${mask.height} does not cover a picture of ${image.width}×${image.height}`);
  const out = (await withChannels(image, 4)).toBytes();
  const cover = pixelsOf(await withChannels(mask, 1));
  await inSlices(cover.length, (start, end) => {
    premultiply(out, start, end);
    for (let i = start; i < end; i++) {
      const kept = 255 - (cover[i] as number);
      for (let c = 4 * i; c < 4 * i + 4; c++) out[c] = divide255((out[c] as number) * kept);
    }
  });
  return out;
}
