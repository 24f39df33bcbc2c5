import { blurLines } from './blur-lines.js';
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

/** `cv2.GaussianBlur(image, (0, 0), sigma)` of 8-bit pictures, in its fixed-point arithmetic. */
export function gaussianBlur(picture: Pixels, sigma: number): Pixels {
  const out = new Uint8Array(picture.data.length);
  blurLines(picture, bell(sigma), new Float64Array(out.length), (at, sum) => {
    out[at] = Math.floor((sum + 32768) / 65536);
  });
  return { ...picture, data: out };
}
