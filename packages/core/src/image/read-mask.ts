import { Raster } from '@armature/sdk';
import { pixelsOf } from '@armature/sdk/internal';
import { inSlices } from './in-slices.js';
import { withChannels } from './with-channels.js';

/** The alpha of an RGBA picture as bytes; undefined when nothing is transparent. */
async function alphaOf(image: Raster, round: boolean): Promise<Uint8Array | undefined> {
  const pixels = pixelsOf(image);
  const alpha = new Uint8Array(image.width * image.height);
  let transparent = false;
  await inSlices(alpha.length, (start, end) => {
    for (let i = start; i < end; i++) {
      const value = pixels[4 * i + 3] as number;
      transparent ||= value !== 255;
      alpha[i] = round ? (value > 128 ? 255 : 0) : value;
    }
  });
  return transparent ? alpha : undefined;
}

export interface ReadMaskOptions {
  /** Alpha becomes 0 or 255, divided at 128. Brightness is never rounded. */
  readonly round: boolean;
}

/** A mask picture as 1 channel, 255 = painted anew: its alpha where something is transparent, else its brightness (`create_binary_mask`). */
export async function readMask(image: Raster, { round }: ReadMaskOptions): Promise<Raster> {
  const alpha = image.channels === 4 ? await alphaOf(image, round) : undefined;
  return alpha ? new Raster(alpha, { width: image.width, height: image.height, channels: 1 }) : withChannels(image, 1);
}
