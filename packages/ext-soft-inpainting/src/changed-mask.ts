import { type Latent, Raster } from '@armature/sdk';
import { filterMap } from './filter-map.js';
import type { SoftInpaintingArgs } from './soft-inpainting-args.js';

const { fround } = Math;

/** Latents of one picture, [1, channels, h, w]. */
export interface PaintedPicture {
  /** What the run started from, before noise was added. */
  readonly original: Latent;
  /** What it came to. */
  readonly painted: Latent;
  /** 1 where the picture was painted anew, 0 where it was kept. */
  readonly repaint: Latent;
}

/**
 * Where a picture changed, one pixel a latent cell: 255 shows the result, 0 the given picture (`apply_adaptive_masks`). The
 * distance of both latents, smoothed, is compared with `differenceThreshold`; the mask can shift that.
 */
export async function changedMask(picture: PaintedPicture, args: SoftInpaintingArgs): Promise<Raster> {
  const { height, width } = picture.painted;
  const distance = { values: distances(picture), width, height };
  // First the largest changes around a cell, then their soft median.
  const largest = await filterMap(distance, { from: 0.9, to: 1 });
  const { values } = await filterMap(largest, { from: 0.25, to: 0.75 });
  const thresholds = thresholdsOf(picture.repaint, args);
  const bytes = values.map((value, cell) => visibility(fround(value / (thresholds[cell] as number)), args.differenceContrast));
  return new Raster(bytes, { width, height, channels: 1 });
}

/** Length of the difference of both vectors of each cell. */
function distances({ original, painted }: PaintedPicture): Float32Array {
  const differences = painted.sub(original).toFloat32Array();
  const cells = painted.height * painted.width;
  return Float32Array.from({ length: cells }, (_, cell) => {
    let sum = 0;
    for (let at = cell; at < differences.length; at += cells) sum += (differences[at] as number) ** 2;
    return Math.sqrt(sum);
  });
}

/** The distance at which half of the given picture shows, for each cell: larger where the mask keeps it, if the mask has a say. */
function thresholdsOf(repaint: Latent, { maskInfluence, preservationStrength, differenceThreshold }: SoftInpaintingArgs): Float32Array {
  const mask = repaint.toFloat32Array().subarray(0, repaint.height * repaint.width);
  return mask.map((value) => {
    const kept = fround(1 - fround(Math.min(1, Math.max(0, value)) ** (preservationStrength / 2)));
    const share = fround(fround(0.5 * (1 - maskInfluence)) + fround(kept * fround(maskInfluence)));
    return fround(differenceThreshold) * fround(share / fround(fround(1.00001) - share));
  });
}

/** 0…255 of a change in units of its threshold; float32 as the reference, since what is left of 255 is cut off. */
function visibility(change: number, contrast: number): number {
  const kept = fround(1 / fround(1 + fround(change ** contrast)));
  const slope = fround(fround(kept * fround(fround(6 * kept) - 15)) + 10);
  const smooth = fround(fround(fround(kept * kept) * kept) * slope);
  return Math.trunc(fround(255 * fround(1 - smooth)));
}
