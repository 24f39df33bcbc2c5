import { Raster } from '@armature/sdk';
import { pixelsOf } from '@armature/sdk/internal';
import { blendLuminosity } from './blend-luminosity.js';
import { inSlices } from './in-slices.js';
import { labToRgb, rgbToLab } from './lab-pixels.js';
import { matchHistogram } from './match-histogram.js';
import { withChannels } from './with-channels.js';

/** Colours to go by: a picture in 8-bit CIE L*a*b*. */
export interface ColorTarget {
  readonly lab: Uint8Array;
}

async function labOf(image: Raster): Promise<Uint8Array> {
  const rgb = pixelsOf(await withChannels(image, 3));
  const lab = new Uint8Array(rgb.length);
  await inSlices(rgb.length / 3, (start, end) => rgbToLab(rgb, lab, start, end), 4);
  return lab;
}

/** Keeps the colours of a picture for `correctColors` (`setup_color_correction`). */
export async function colorTarget(image: Raster): Promise<ColorTarget> {
  return Object.freeze({ lab: await labOf(image) });
}

/**
 * Gives a picture the colours of the target: each channel of L*a*b* takes on the target's distribution, then the
 * luminosity of the picture itself comes back (`apply_color_correction`). RGB.
 */
export async function correctColors(image: Raster, target: ColorTarget): Promise<Raster> {
  const original = await withChannels(image, 3);
  const pixels = pixelsOf(original);
  const lab = await labOf(original);
  const levels = await Promise.all([0, 1, 2].map((channel) => matchHistogram(lab, target.lab, channel)));
  const out = new Uint8Array(lab.length);
  const matched = new Uint8Array(lab.length);
  const colours = new Uint8Array(lab.length);
  const convert = (start: number, end: number) => {
    for (let i = 3 * start; i < 3 * end; i++) matched[i] = levels[i % 3]?.[lab[i] as number] as number;
    labToRgb(matched, colours, start, end);
    blendLuminosity(colours, pixels, out, start, end);
  };
  await inSlices(lab.length / 3, convert, 10);
  return new Raster(out, { width: image.width, height: image.height, channels: 3 });
}
