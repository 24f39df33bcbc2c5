import type { Pixels } from '../vision/pixels.js';
import type { Plane } from './plane.js';

/** Of all centres the likeliest are looked at. */
const most = 200;

interface Line {
  readonly score: number;
  /** Across, down, across, down. */
  readonly ends: readonly [number, number, number, number];
}

/** Whether nothing in the 3×3 around a place is larger. */
function isPeak({ data, width, height }: Plane, x: number, y: number): boolean {
  for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++)
    for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++)
      if (data[row * width + column]! > data[y * width + x]!) return false;
  return true;
}

/** Straight lines by their centres (M-LSD, Gu et al. 2022): plane 0 says how likely a centre is, planes 1 to 4 where from it the ends lie. */
function linesOf(
  [heat, ...ends]: readonly Plane[],
  { score: least, length }: { readonly score: number; readonly length: number },
): readonly Line[] {
  const { data, width, height } = heat!;
  const found: Line[] = [];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      if (!isPeak(heat!, x, y)) continue;
      const at = y * width + x;
      const [left, top, right, bottom] = ends.map((plane) => plane.data[at]!) as [number, number, number, number];
      found.push({
        score: 1 / (1 + Math.exp(-data[at]!)),
        ends: [left, top, right, bottom].map((value, axis) => value + (axis % 2 ? y : x)) as never,
      });
    }
  const likeliest = found.sort((a, b) => b.score - a.score).slice(0, most);
  return likeliest.filter(({ score, ends: [ax, ay, bx, by] }) => score > least && Math.hypot(ax - bx, ay - by) > length);
}

/** Straight lines, white and one pixel wide. The network looks at half the picture's size. */
export function readLines(found: readonly (readonly Plane[])[], like: Pixels, score: number, length: number): Pixels {
  const { width, height } = like;
  const [heat] = found[0]!;
  const [across, down] = [width / heat!.width, height / heat!.height];
  const data = new Uint8Array(width * height);
  for (const { ends } of linesOf(found[0]!, { score, length })) {
    const [ax, ay, bx, by] = ends.map((value, axis) => Math.trunc(value * (axis % 2 ? down : across))) as [number, number, number, number];
    draw({ data, width, height }, ax <= bx ? [ax, ay, bx, by] : [bx, by, ax, ay]);
  }
  return { data, width, height, channels: 1 };
}

/** Bresenham's line from left to right, as `cv2.line` steps; what lies outside is left out. */
function draw({ data, width, height }: Omit<Pixels, 'channels'>, [ax, ay, bx, by]: readonly [number, number, number, number]): void {
  const [wide, tall] = [bx - ax, Math.abs(by - ay)];
  const down = by < ay ? -1 : 1;
  const steep = tall > wide;
  const [long, short] = steep ? [tall, wide] : [wide, tall];
  let [x, y, error] = [ax, ay, long - 2 * short];
  for (let step = 0; step <= long; step++) {
    if (x >= 0 && y >= 0 && x < width && y < height) data[y * width + x] = 255;
    const aside = error < 0;
    error += (aside ? 2 * long : 0) - 2 * short;
    if (steep || aside) y += down;
    if (!steep || aside) x += 1;
  }
}
