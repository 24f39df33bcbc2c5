import { Raster } from '@armature/sdk';
import type { Size } from './plate.js';

/** A part of a picture; black where it lies outside (Pillow's `crop`). */
export function cut(image: Raster, left: number, top: number, { width, height }: Size): Raster {
  const { channels } = image;
  const source = image.toBytes();
  const out = new Uint8Array(width * height * channels);
  const first = Math.max(0, -left);
  const last = Math.min(width, image.width - left);
  for (let y = Math.max(0, -top); y < Math.min(height, image.height - top) && first < last; y++) {
    const from = ((top + y) * image.width + left) * channels;
    out.set(source.subarray(from + first * channels, from + last * channels), (y * width + first) * channels);
  }
  return new Raster(out, { width, height, channels });
}
