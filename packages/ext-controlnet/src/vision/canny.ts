import type { Pixels } from './pixels.js';

/** tan 22.5° in 15 bits. */
const tangent = 13573;

/** The derivatives and their sum of magnitudes; of several channels the steepest counts. */
function gradients({ data, width, height, channels }: Pixels) {
  const dx = new Int32Array(width * height);
  const dy = new Int32Array(width * height);
  const steep = new Int32Array(width * height).fill(-1);
  for (let y = 0; y < height; y++) {
    const [above, row, below] = [Math.max(0, y - 1) * width, y * width, Math.min(height - 1, y + 1) * width];
    for (let x = 0; x < width; x++) {
      const [left, right] = [Math.max(0, x - 1), Math.min(width - 1, x + 1)];
      for (let c = 0; c < channels; c++) {
        const at = (line: number, column: number): number => data[(line + column) * channels + c]!;
        const gx = at(above, right) - at(above, left) + 2 * (at(row, right) - at(row, left)) + at(below, right) - at(below, left);
        const gy = at(below, left) - at(above, left) + 2 * (at(below, x) - at(above, x)) + at(below, right) - at(above, right);
        const sum = Math.abs(gx) + Math.abs(gy);
        if (sum <= steep[row + x]!) continue;
        steep[row + x] = sum;
        dx[row + x] = gx;
        dy[row + x] = gy;
      }
    }
  }
  return { dx, dy, steep };
}

/**
 * Edges by Canny (1986), bit for bit those of OpenCV's `Canny(image, low, high)`: 3×3 Sobel with repeated edges, magnitude
 * |dx| + |dy|. One channel, 0 or 255.
 */
export function canny(image: Pixels, one: number, other: number): Pixels {
  const { width, height } = image;
  const [low, high] = [Math.floor(Math.min(one, other)), Math.floor(Math.max(one, other))];
  const { dx, dy, steep } = gradients(image);
  const of = (x: number, y: number): number => (x < 0 || y < 0 || x >= width || y >= height ? 0 : steep[y * width + x]!);
  const isRidge = (x: number, y: number, m: number): boolean => {
    const at = y * width + x;
    const ax = Math.abs(dx[at]!);
    const ay = Math.abs(dy[at]!) * 32768;
    const flat = ax * tangent;
    if (ay < flat) return m > of(x - 1, y) && m >= of(x + 1, y);
    if (ay > flat + ax * 65536) return m > of(x, y - 1) && m >= of(x, y + 1);
    const side = (dx[at]! ^ dy[at]!) < 0 ? -1 : 1;
    return m > of(x - side, y - 1) && m > of(x + side, y + 1);
  };
  const ridge = new Uint8Array(width * height);
  const edges = new Uint8Array(width * height);
  const open: number[] = [];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const m = steep[at]!;
      if (m <= low || !isRidge(x, y, m)) continue;
      ridge[at] = 1;
      if (m > high) {
        edges[at] = 255;
        open.push(at);
      }
    }
  follow(open, ridge, edges, image);
  return { data: edges, width, height, channels: 1 };
}

/** Weak ridges count where they touch a strong one. */
function follow(open: number[], ridge: Uint8Array, edges: Uint8Array, { width, height }: Pixels): void {
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const [x, y] = [at % width, Math.floor(at / width)];
    for (let line = Math.max(0, y - 1); line <= Math.min(height - 1, y + 1); line++)
      for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
        const near = line * width + column;
        if (ridge[near] === 0 || edges[near] !== 0) continue;
        edges[near] = 255;
        open.push(near);
      }
  }
}
