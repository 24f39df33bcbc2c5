import { floatBlur } from '../vision/float-blur.js';
import type { Pixels } from '../vision/pixels.js';

/**
 * How steep a picture is, the steepest place white: 3×3 Sobel of the picture under a Gaussian, of several channels the steepest. Our
 * own, for those who have no network: the original has no soft edges without one.
 */
export function softEdges(image: Pixels, sigma: number): Pixels {
  const { width, height, channels } = image;
  const soft = floatBlur(image, sigma);
  const steep = new Float32Array(width * height);
  let most = 0;
  for (let y = 0; y < height; y++) {
    const [above, row, below] = [mirrored(y - 1, height), y, mirrored(y + 1, height)].map((line) => line * width);
    for (let x = 0; x < width; x++) {
      const [left, right] = [mirrored(x - 1, width), mirrored(x + 1, width)];
      for (let c = 0; c < channels; c++) {
        const at = (line: number | undefined, column: number): number => soft[(line! + column) * channels + c]!;
        const gx = at(above, right) - at(above, left) + 2 * (at(row, right) - at(row, left)) + at(below, right) - at(below, left);
        const gy = at(below, left) - at(above, left) + 2 * (at(below, x) - at(above, x)) + at(below, right) - at(above, right);
        steep[y * width + x] = Math.max(steep[y * width + x]!, Math.hypot(gx, gy));
      }
      most = Math.max(most, steep[y * width + x]!);
    }
  }
  // Less than one level of a picture's 256 is noise of the arithmetic, not an edge.
  const scale = most < 1 ? 0 : 255 / most;
  return { width, height, channels: 1, data: Uint8Array.from(steep, (value) => Math.min(255, value * scale)) };
}

/** Mirrored without repeating the edge, as OpenCV's borders are. */
const mirrored = (at: number, length: number): number => (length === 1 ? 0 : at < 0 ? 1 : at >= length ? length - 2 : at);
