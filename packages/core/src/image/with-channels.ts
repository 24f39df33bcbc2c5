import { Raster, type RasterChannels } from '@armature/sdk';
import { pixelsOf } from '@armature/sdk/internal';
import { inSlices } from './in-slices.js';

/** ITU-R 601-2 in 16-bit fixed point, as Pillow's `convert('L')`. */
const luma = (red: number, green: number, blue: number): number => (red * 19595 + green * 38470 + blue * 7471 + 32768) >> 16;

function convert(from: Uint8Array, to: Uint8Array, { source, target, start, end }: Conversion): void {
  for (let i = start; i < end; i++) {
    const at = i * source;
    const out = i * target;
    if (target === 1) to[out] = luma(from[at] as number, from[at + 1] as number, from[at + 2] as number);
    else {
      for (let c = 0; c < 3; c++) to[out + c] = from[source === 1 ? at : at + c] as number;
      if (target === 4) to[out + 3] = 255;
    }
  }
}

interface Conversion {
  readonly source: RasterChannels;
  readonly target: RasterChannels;
  readonly start: number;
  readonly end: number;
}

/**
 * The picture with 1, 3 or 4 channels: grey is repeated or weighed, missing alpha is opaque, surplus alpha is left out
 * (Pillow's `convert` to L, RGB, RGBA).
 */
export async function withChannels(image: Raster, channels: RasterChannels): Promise<Raster> {
  const { width, height, channels: source } = image;
  if (source === channels) return image;
  const from = pixelsOf(image);
  const to = new Uint8Array(width * height * channels);
  await inSlices(width * height, (start, end) => convert(from, to, { source, target: channels, start, end }));
  return new Raster(to, { width, height, channels });
}
