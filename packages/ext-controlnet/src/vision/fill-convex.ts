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
  const side = (turn: 1 | -1): Side => ({ corner: top, turn, until: first, x: -one, slope: 0 });
  const sides = [side(1), side(-1)] as const;
  let edges = points.length;
  const next = (corner: number, turn: 1 | -1): number => (corner + turn + points.length) % points.length;

  for (let y = first; y <= last; y++) {
    for (const each of sides) {
      if (y < each.until) continue;
      let from = each.corner;
      let to = next(from, each.turn);
      while (edges-- > 0) {
        const end = rowOf(points[to]!);
        if (end > y) {
          const [start, stop] = [columnOf(points[from]!), columnOf(points[to]!)];
          each.until = end;
          each.slope = Math.trunc(((stop - start) * 2 + (end - y)) / (2 * (end - y)));
          each.x = start;
          each.corner = to;
          break;
        }
        [from, to] = [to, next(to, each.turn)];
      }
    }
    if (edges < 0) break;
    const [left, right] = sides[0].x > sides[1].x ? [sides[1].x, sides[0].x] : [sides[0].x, sides[1].x];
    row(y, Math.floor((left + one / 2) / one), Math.floor((right + one / 2) / one));
    for (const each of sides) each.x += each.slope;
  }
}
