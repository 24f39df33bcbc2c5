import type { Pixels } from './pixels.js';

const one = 256;
const rounded = (value: number): number => {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
};

/** A bell in 256ths that add up to 1: each rounding error goes to the next value, the rest to the centre. */
function bell(sigma: number): readonly number[] {
  const size = rounded(sigma * 6 + 1) | 1;
  const half = (size - 1) / 2;
  const side = Array.from({ length: half }, (_, at) => Math.exp((-0.5 * (at - half) ** 2) / sigma ** 2));
  const total = 2 * side.reduce((sum, value) => sum + value, 0) + 1;
  let error = 0;
  const fixed = side.map((value) => {
    const wanted = (value / total) * one + error;
    const whole = rounded(wanted);
    error = wanted - whole;
    return whole;
  });
  return [...fixed, one - 2 * fixed.reduce((sum, value) => sum + value, 0), ...fixed.toReversed()];
}

/** Mirrored without repeating the edge. */
function mirrored(at: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const place = ((at % period) + period) % period;
  return place < length ? place : period - place;
}

/** `cv2.GaussianBlur(image, (0, 0), sigma)` of 8-bit pictures, in its fixed-point arithmetic. */
export function gaussianBlur({ data, width, height, channels }: Pixels, sigma: number): Pixels {
  const kernel = bell(sigma);
  const half = (kernel.length - 1) / 2;
  const lines = new Float64Array(data.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (const [tap, weight] of kernel.entries()) sum += weight * data[(y * width + mirrored(x + tap - half, width)) * channels + c]!;
        lines[(y * width + x) * channels + c] = sum;
      }
  const out = new Uint8Array(data.length);
  const stride = width * channels;
  for (let y = 0; y < height; y++)
    for (let at = 0; at < stride; at++) {
      let sum = 0;
      for (const [tap, weight] of kernel.entries()) sum += weight * lines[mirrored(y + tap - half, height) * stride + at]!;
      out[y * stride + at] = Math.floor((sum + 32768) / 65536);
    }
  return { data: out, width, height, channels };
}
