import type { Raster } from '@armature/sdk';
import { pixelsOf } from '@armature/sdk/internal';
import type { Region } from './region.js';

/**
 * The box around all that is not black in a 1-channel mask, `padding` pixels wider on each side within the picture;
 * undefined for a black mask (`get_crop_region`).
 */
export function maskRegion(mask: Raster, padding = 0): Region | undefined {
  const { width, height } = mask;
  const pixels = pixelsOf(mask);
  let [left, top, right, bottom] = [width, -1, -1, -1];
  for (let y = 0; y < height; y++) {
    const row = pixels.subarray(y * width, (y + 1) * width);
    const first = row.findIndex((value) => value !== 0);
    if (first < 0) continue;
    if (top < 0) top = y;
    bottom = y;
    left = Math.min(left, first);
    right = Math.max(
      right,
      row.findLastIndex((value) => value !== 0),
    );
  }
  if (top < 0) return undefined;
  const x = Math.max(left - padding, 0);
  const y = Math.max(top - padding, 0);
  return { x, y, width: Math.min(right + 1 + padding, width) - x, height: Math.min(bottom + 1 + padding, height) - y };
}
