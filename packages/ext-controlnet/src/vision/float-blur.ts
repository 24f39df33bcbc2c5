import { blurLines } from './blur-lines.js';
import type { Pixels } from './pixels.js';

/** `cv2.GaussianBlur` of a picture in float32: the bell reaches four sigmas. */
export function floatBlur(picture: Pixels, sigma: number): Float32Array {
  const size = Math.round(sigma * 8 + 1) | 1;
  const half = (size - 1) / 2;
  const raw = Array.from({ length: size }, (_, at) => Math.exp((-0.5 * (at - half) ** 2) / sigma ** 2));
  const total = raw.reduce((sum, value) => sum + value, 0);
  const kernel = raw.map((value) => Math.fround(value / total));
  const out = new Float32Array(picture.data.length);
  blurLines(picture, kernel, new Float32Array(out.length), (at, sum) => {
    out[at] = sum;
  });
  return out;
}
