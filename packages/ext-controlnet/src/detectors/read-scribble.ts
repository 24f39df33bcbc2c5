import { floatBlur } from '../vision/float-blur.js';
import { gaussianBlur } from '../vision/gaussian-blur.js';
import type { Pixels } from '../vision/pixels.js';

const directions = [
  [1, 0],
  [0, 1],
  [1, 1],
  [-1, 1],
] as const;

/** The ridges of blurred edges above one half, white. */
function ridges(edges: Pixels): Pixels {
  const soft = floatBlur(edges, 3);
  const { width, height } = edges;
  const out = new Uint8Array(soft.length);
  const of = (x: number, y: number): number =>
    x < 0 || y < 0 || x >= width || y >= height ? Number.NEGATIVE_INFINITY : soft[y * width + x]!;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const value = soft[y * width + x]!;
      if (value <= 127) continue;
      if (directions.some(([dx, dy]) => value >= of(x + dx, y + dy) && value >= of(x - dx, y - dy))) out[y * width + x] = 255;
    }
  return { ...edges, data: out };
}

/** Edges as somebody would scribble them: their ridges, drawn with a broad pen (`nms`, then a blur and a threshold). */
export function asScribble(edges: Pixels): Pixels {
  const broad = gaussianBlur(ridges(edges), 3);
  return { ...broad, data: broad.data.map((value) => (value > 4 ? 255 : 0)) };
}
