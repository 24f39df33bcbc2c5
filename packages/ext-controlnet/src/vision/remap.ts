import { roundEven } from './fit-map.js';
import type { Pixels } from './pixels.js';

/** Steps between two pixels. */
const fine = 32;

/**
 * `cv2.remap(image, flow, None, INTER_LINEAR)` of 8-bit pictures: every pixel is looked up at a place, in 32nds of a pixel.
 * Outside is black. `xs` and `ys`: one place for each pixel of the result, which has the picture's size.
 */
export function remap({ data, width, height, channels }: Pixels, xs: Float32Array, ys: Float32Array): Pixels {
  const out = new Uint8Array(data.length);
  const value = (x: number, y: number, c: number): number =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : data[(y * width + x) * channels + c]!;
  for (let at = 0; at < width * height; at++) {
    const [across, down] = [roundEven(xs[at]! * fine), roundEven(ys[at]! * fine)];
    const [x, y] = [Math.floor(across / fine), Math.floor(down / fine)];
    const [right, below] = [across - x * fine, down - y * fine];
    for (let c = 0; c < channels; c++) {
      const upper = value(x, y, c) * (fine - right) + value(x + 1, y, c) * right;
      const lower = value(x, y + 1, c) * (fine - right) + value(x + 1, y + 1, c) * right;
      out[at * channels + c] = (upper * (fine - below) + lower * below + (fine * fine) / 2) >> 10;
    }
  }
  return { data: out, width, height, channels };
}
