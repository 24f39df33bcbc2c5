import { Raster } from '@armature/sdk';
import { pixelsOf } from '@armature/sdk/internal';
import type { Region } from './region.js';

/** The part of a picture inside `region`; what lies outside the picture is black (and transparent), as Pillow's `crop`. */
export function cropImage(image: Raster, region: Region): Raster {
  const { channels } = image;
  const { x, y, width, height } = region;
  const source = pixelsOf(image);
  const out = new Uint8Array(width * height * channels);
  const first = Math.max(0, x);
  const last = Math.min(image.width, x + width);
  for (let row = Math.max(0, y); row < Math.min(image.height, y + height) && first < last; row++) {
    const from = row * image.width;
    out.set(source.subarray((from + first) * channels, (from + last) * channels), ((row - y) * width + first - x) * channels);
  }
  return new Raster(out, { width, height, channels });
}
