import type { Pixels } from './pixels.js';

function mirrored(at: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const place = ((at % period) + period) % period;
  return place < length ? place : period - place;
}

/** `cv2.GaussianBlur` of a picture in float32: the bell reaches four sigmas. */
export function floatBlur({ data, width, height, channels }: Pixels, sigma: number): Float32Array {
  const size = Math.round(sigma * 8 + 1) | 1;
  const half = (size - 1) / 2;
  const raw = Array.from({ length: size }, (_, at) => Math.exp((-0.5 * (at - half) ** 2) / sigma ** 2));
  const total = raw.reduce((sum, value) => sum + value, 0);
  const kernel = raw.map((value) => Math.fround(value / total));
  const lines = new Float32Array(data.length);
  const out = new Float32Array(data.length);
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
      out[y * stride + at] = sum;
    }
  return out;
}
