import type { Raster } from '@armature/sdk';

/** Peak signal-to-noise ratio over all channels, decibels; infinite for equal pictures. Both are of one size. */
export function psnr(a: Raster, b: Raster): number {
  const left = a.toBytes();
  const right = b.toBytes();
  let sum = 0;
  for (let i = 0; i < left.length; i++) sum += ((left[i] as number) - (right[i] as number)) ** 2;
  return 10 * Math.log10((255 * 255 * left.length) / sum);
}
