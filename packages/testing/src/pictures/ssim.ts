import type { Raster } from '@armature/sdk';
import { luma } from './luma.js';

const radius = 5;
const window = gaussian(1.5);
const c1 = (0.01 * 255) ** 2;
const c2 = (0.03 * 255) ** 2;

function gaussian(sigma: number): readonly number[] {
  const taps = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)));
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return taps.map((tap) => tap / sum);
}

/**
 * Mean structural similarity of brightness, −1…1 and 1 for equal pictures: Wang, Bovik, Sheikh and Simoncelli 2004 with
 * its window (11×11, sigma 1.5) and constants, at full size, where the window lies wholly inside. Both are of one size.
 * @throws RangeError when a side is shorter than the window
 */
export function ssim(a: Raster, b: Raster): number {
  const { width, height } = a;
  if (Math.min(width, height) < window.length) {
    throw new RangeError(`SSIM needs at least ${window.length} pixels a side, and the picture is ${width}×${height}; use psnr`);
  }
  const x = luma(a);
  const y = luma(b);
  const mean = (values: Float64Array): Float64Array => blurInside(values, width, height);
  const [mx, my] = [mean(x), mean(y)];
  const [xx, yy, xy] = [mean(x.map((v) => v * v)), mean(y.map((v) => v * v)), mean(x.map((v, i) => v * (y[i] as number)))];
  let sum = 0;
  for (let i = 0; i < mx.length; i++) {
    const [u, v] = [mx[i] as number, my[i] as number];
    const covariance = (xy[i] as number) - u * v;
    const variances = (xx[i] as number) - u * u + (yy[i] as number) - v * v;
    sum += ((2 * u * v + c1) * (2 * covariance + c2)) / ((u * u + v * v + c1) * (variances + c2));
  }
  return sum / mx.length;
}

/** Weighted means under the window, where it lies inside: rows, then columns. */
function blurInside(values: Float64Array, width: number, height: number): Float64Array {
  const [w, h] = [width - 2 * radius, height - 2 * radius];
  const rows = new Float64Array(w * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < w; x++) {
      let sum = 0;
      for (let k = 0; k < window.length; k++) sum += (window[k] as number) * (values[y * width + x + k] as number);
      rows[y * w + x] = sum;
    }
  }
  const out = new Float64Array(w * h);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      let sum = 0;
      for (let k = 0; k < window.length; k++) sum += (window[k] as number) * (rows[(y + k) * w + x] as number);
      out[y * w + x] = sum;
    }
  }
  return out;
}
