import { Raster } from '@armature/sdk';
import { pixelsOf } from '@armature/sdk/internal';
import { divide255 } from './alpha.js';
import { inSlices } from './in-slices.js';
import { withChannels } from './with-channels.js';

/** A picture on a ground of one colour, `#rrggbb`: RGB (`images.flatten`). @throws RangeError for another spelling. */
export async function flattenOn(image: Raster, colour: string): Promise<Raster> {
  const digits = /^#([0-9a-f]{6})$/i.exec(colour)?.[1];
  if (digits === undefined) throw new RangeError(`"${colour}" is no colour; write #rrggbb`);
  if (image.channels !== 4) return withChannels(image, 3);
  const ground = [0, 2, 4].map((at) => Number.parseInt(digits.slice(at, at + 2), 16));
  const { width, height } = image;
  const pixels = pixelsOf(image);
  const out = new Uint8Array(width * height * 3);
  await inSlices(width * height, (start, end) => {
    for (let i = start; i < end; i++) {
      const alpha = pixels[4 * i + 3] as number;
      for (let c = 0; c < 3; c++) out[3 * i + c] = divide255((ground[c] as number) * (255 - alpha) + (pixels[4 * i + c] as number) * alpha);
    }
  });
  return new Raster(out, { width, height, channels: 3 });
}
