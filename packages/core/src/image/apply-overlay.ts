import { Raster } from '@armature/sdk';
import { pixelsOf } from '@armature/sdk/internal';
import { alphaComposite } from './alpha-composite.js';
import { fitImage } from './fit-image.js';
import { inSlices } from './in-slices.js';
import type { Region } from './region.js';
import { withChannels } from './with-channels.js';

export interface OverlaidImage {
  /** RGB. */
  readonly image: Raster;
  /** The picture without the overlay; RGBA and transparent around the region where there is one. */
  readonly unmasked: Raster;
}

/** A picture put back at its place in one of another size, transparent around it (`uncrop`). RGBA. */
async function placed(image: Raster, region: Region, { width, height }: Raster): Promise<Raster> {
  const { x, y, ...size } = region;
  const part = await withChannels(await fitImage(image, { ...size, mode: 'crop' }), 4);
  const out = new Uint8Array(width * height * 4);
  const source = pixelsOf(part);
  const columns = Math.min(size.width, width - x);
  for (let row = 0; row < Math.min(size.height, height - y); row++) {
    const from = row * size.width * 4;
    out.set(source.subarray(from, from + columns * 4), ((y + row) * width + x) * 4);
  }
  return new Raster(out, { width, height, channels: 4 });
}

/**
 * Lays the kept part of the given picture over the result (`apply_overlay`). `pasteTo`: the region of the overlay that
 * the result stands for. @throws RangeError when picture and overlay differ in size.
 */
export async function applyOverlay(image: Raster, overlay: Raster, pasteTo?: Region): Promise<OverlaidImage> {
  const unmasked = pasteTo ? await placed(image, pasteTo, overlay) : image;
  const { width, height } = overlay;
  if (unmasked.width !== width || unmasked.height !== height)
    throw new RangeError(`an overlay of ${width}×${height} does not fit a picture of ${unmasked.width}×${unmasked.height}`);
  const under = (await withChannels(unmasked, 4)).toBytes();
  const over = pixelsOf(await withChannels(overlay, 4));
  await inSlices(width * height, (start, end) => alphaComposite(under, over, start, end), 4);
  return { image: await withChannels(new Raster(under, { width, height, channels: 4 }), 3), unmasked };
}
