import { Raster } from '@armature/sdk';
import { pixelsOf } from '@armature/sdk/internal';
import { inSlices } from './in-slices.js';

/** Twice as white, at most 255: what a mask covers by half, it covers whole. */
export async function doubleMask(mask: Raster): Promise<Raster> {
  const out = pixelsOf(mask).slice();
  await inSlices(out.length, (start, end) => {
    for (let i = start; i < end; i++) out[i] = Math.min(255, 2 * (out[i] as number));
  });
  return new Raster(out, mask);
}
