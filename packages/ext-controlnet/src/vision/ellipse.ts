import type { Point } from './clip-line.js';
import { roundEven } from './fit-map.js';

/** OpenCV's table: seven digits, in float32. */
const sine = (degrees: number): number => Math.fround(Math.round(Math.sin((degrees * Math.PI) / 180) * 1e7) / 1e7);
const cosine = (degrees: number): number => sine(90 + degrees);

/** The outline of an ellipse in whole pixels, turned by whole degrees (`cv2.ellipse2Poly`, one degree a step). */
export function ellipse(centre: Point, [long, short]: readonly [number, number], turned: number): readonly Point[] {
  const angle = ((turned % 360) + 360) % 360;
  const [cos, sin] = [cosine(angle), sine(angle)];
  const points: Point[] = [];
  for (let at = 0; at <= 360; at++) {
    const [x, y] = [long * cosine(at), short * sine(at)];
    const point = { x: roundEven(centre.x + x * cos - y * sin), y: roundEven(centre.y + x * sin + y * cos) };
    const before = points.at(-1);
    if (before?.x !== point.x || before.y !== point.y) points.push(point);
  }
  return points.length === 1 ? [centre, centre] : points;
}
