import type { Pixels } from './pixels.js';

/** Mirrored without repeating the edge. */
function mirrored(at: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const place = ((at % period) + period) % period;
  return place < length ? place : period - place;
}

/** A picture under an odd kernel, along its rows into `lines` (whose type rounds them), then down its columns: each sum is told to `tell`. */
export function blurLines(
  { data, width, height, channels }: Pixels,
  kernel: readonly number[],
  lines: Float32Array | Float64Array,
  tell: (at: number, sum: number) => void,
): void {
  const half = (kernel.length - 1) / 2;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (const [tap, weight] of kernel.entries()) sum += weight * data[(y * width + mirrored(x + tap - half, width)) * channels + c]!;
        lines[(y * width + x) * channels + c] = sum;
      }
  const stride = width * channels;
  for (let y = 0; y < height; y++)
    for (let at = 0; at < stride; at++) {
      let sum = 0;
      for (const [tap, weight] of kernel.entries()) sum += weight * lines[mirrored(y + tap - half, height) * stride + at]!;
      tell(y * stride + at, sum);
    }
}
