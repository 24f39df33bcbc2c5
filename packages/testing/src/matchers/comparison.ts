import type { Raster } from '@armature/sdk';
import { type FailurePlace, writeFailurePicture } from '../pictures/failure-picture.js';
import { difference, sideBySide } from '../pictures/side-by-side.js';

/** Writes expected, actual and difference side by side. @returns the line that says where */
export function comparison(expected: Raster, actual: Raster, matcher: string, place: FailurePlace): string {
  const { image, gain } = difference(expected, actual);
  const path = writeFailurePicture(sideBySide([expected, actual, image]), matcher, place);
  return `  expected | actual | difference${gain > 1 ? ` ×${gain}` : ''}: ${path}`;
}
