import { Raster } from '@armature/sdk';
import { pixelsOf } from '@armature/sdk/internal';
import { inSlices } from './in-slices.js';

/** 255 − every value (Pillow's `ImageOps.invert`). */
export async function invertMask(mask: Raster): Promise<Raster> {
  const out = pixelsOf(mask).slice();
  await inSlices(out.length, (start, end) => {
    for (let i = start; i < end; i++) out[i] = 255 - (out[i] as number);
  });
  return new Raster(out, mask);
}
