import type { Point } from './clip-line.js';

const one = 65536;

/** One side of a polygon on its way down, in 65536ths of a pixel. */
interface Side {
  corner: number;
  readonly turn: 1 | -1;
  until: number;
  x: number;
  slope: number;
}

/** Rows of a convex polygon without its outline (`cv2.fillConvexPoly`). `fixed`: points are in 65536ths of a pixel. */
export function fillConvex(
  points: readonly Point[],
  height: number,
  fixed: boolean,
  row: (y: number, left: number, right: number) => void,
): void {
  if (points.length < 3) return;
  const rowOf = ({ y }: Point): number => (fixed ? Math.floor((y + one / 2) / one) : y);
  const columnOf = ({ x }: Point): number => (fixed ? x : x * one);
  let top = 0;
  for (const [at, { y }] of points.entries()) if (y < points[top]!.y) top = at;
  const first = rowOf(points[top]!);
  const last = Math.min(height - 1, Math.max(...points.map(rowOf)));
  const sides = ([1, -1] as const).map((turn): Side => ({ corner: top, turn, until: first, x: -one, slope: 0 }));
  let edges = points.length;
  const next = (corner: number, turn: 1 | -1): number => (corner + turn + points.length) % points.length;

  const turn = (each: Side, y: number): void => {
    let from = each.corner;
    let to = next(from, each.turn);
    while (edges-- > 0) {
      const end = rowOf(points[to]!);
      if (end > y) {
        const [start, stop] = [columnOf(points[from]!), columnOf(points[to]!)];
        const slope = Math.trunc(((stop - start) * 2 + (end - y)) / (2 * (end - y)));
        Object.assign(each, { until: end, slope, x: start, corner: to });
        return;
      }
      [from, to] = [to, next(to, each.turn)];
    }
  };

  for (let y = first; y <= last; y++) {
    for (const each of sides) if (y >= each.until) turn(each, y);
    if (edges < 0) break;
    const [left, right] = sides.map(({ x }) => x).sort((a, b) => a - b) as [number, number];
    row(y, Math.floor((left + one / 2) / one), Math.floor((right + one / 2) / one));
    for (const each of sides) each.x += each.slope;
  }
}
