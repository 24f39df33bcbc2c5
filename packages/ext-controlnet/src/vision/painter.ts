import { clipLine, type Point } from './clip-line.js';
import { fillConvex } from './fill-convex.js';
import { roundEven } from './fit-map.js';
import type { Pixels } from './pixels.js';

export type Colour = readonly [red: number, green: number, blue: number];

const one = 65536;

/** A black picture that is drawn on as OpenCV draws without smoothing: the same pixels. */
export class Painter {
  readonly picture: Pixels;

  constructor(width: number, height: number) {
    this.picture = { data: new Uint8Array(width * height * 3), width, height, channels: 3 };
  }

  /** `cv2.circle(…, thickness=-1)`. */
  disc({ x, y }: Point, radius: number, colour: Colour): void {
    let [error, dx, dy, plus, minus] = [0, radius, 0, 1, 2 * radius - 1];
    while (dx >= dy) {
      for (const row of [y - dy, y + dy]) this.#row(row, x - dx, x + dx, colour);
      for (const row of [y - dx, y + dx]) this.#row(row, x - dy, x + dy, colour);
      dy++;
      error += plus;
      plus += 2;
      if (error <= 0) continue;
      error -= minus;
      dx--;
      minus -= 2;
    }
  }

  /** `cv2.line(…, thickness=2)` between whole pixels. */
  stroke(from: Point, to: Point, colour: Colour): void {
    const [dx, dy] = [from.x - to.x, to.y - from.y];
    const length = Math.sqrt(dx * dx + dy * dy);
    if (length > 0) {
      const scale = one / length;
      const [across, down] = [roundEven(dy * scale), roundEven(dx * scale)];
      const corner = ({ x, y }: Point, side: 1 | -1): Point => ({ x: x * one + side * across, y: y * one + side * down });
      this.#fill([corner(from, 1), corner(from, -1), corner(to, -1), corner(to, 1)], colour, true);
    }
    this.disc(from, 1, colour);
    this.disc(to, 1, colour);
  }

  /** `cv2.fillConvexPoly` of whole pixels. */
  polygon(points: readonly Point[], colour: Colour): void {
    this.#fill(points, colour, false);
  }

  #fill(points: readonly Point[], colour: Colour, fixed: boolean): void {
    for (const [at, point] of points.entries()) {
      const before = points.at(at - 1)!;
      if (fixed) this.#fixedLine(before, point, colour);
      else this.#line(before, point, colour);
    }
    fillConvex(points, this.picture.height, fixed, (y, left, right) => this.#row(y, left, right, colour));
  }

  /** Bresenham between whole pixels, from left to right. */
  #line(from: Point, to: Point, colour: Colour): void {
    const { width, height } = this.picture;
    const clipped = clipLine(from, to, { width, height });
    if (!clipped) return;
    const [start, end] = clipped[1].x < clipped[0].x ? [clipped[1], clipped[0]] : clipped;
    const [wide, tall] = [end.x - start.x, Math.abs(end.y - start.y)];
    const down = end.y < start.y ? -1 : 1;
    const steep = tall > wide;
    const [major, minor] = steep ? [tall, wide] : [wide, tall];
    let error = major - 2 * minor;
    let { x, y } = start;
    for (let step = 0; step <= major; step++) {
      this.#row(y, x, x, colour);
      const aside = error < 0;
      error += (aside ? 2 * major : 0) - 2 * minor;
      if (steep || aside) y += down;
      if (!steep || aside) x += 1;
    }
  }

  /** Between points in 65536ths of a pixel. */
  #fixedLine(from: Point, to: Point, colour: Colour): void {
    const { width, height } = this.picture;
    const clipped = clipLine(from, to, { width: width * one, height: height * one });
    if (!clipped) return;
    const [first, second] = clipped;
    const [ax, ay] = [Math.abs(second.x - first.x), Math.abs(second.y - first.y)];
    const flat = ax > ay;
    const turned = flat ? second.x < first.x : second.y < first.y;
    const [start, end] = turned ? [second, first] : [first, second];
    const whole = (value: number): number => Math.floor((value + one / 2) / one);
    const dot = (x: number, y: number): void => this.#row(y, x, x, colour);
    dot(whole(end.x), whole(end.y));
    const slope = flat ? Math.trunc(((end.y - start.y) * one) / (ax | 1)) : Math.trunc(((end.x - start.x) * one) / (ay | 1));
    const steps = Math.floor((flat ? end.x - start.x : end.y - start.y) / one);
    for (let step = 0; step <= steps; step++) {
      const aside = Math.floor(((flat ? start.y : start.x) + one / 2 + step * slope) / one);
      const along = whole(flat ? start.x : start.y) + step;
      if (flat) dot(along, aside);
      else dot(aside, along);
    }
  }

  #row(y: number, left: number, right: number, colour: Colour): void {
    const { data, width, height } = this.picture;
    if (y < 0 || y >= height) return;
    for (let x = Math.max(0, left); x <= Math.min(width - 1, right); x++) data.set(colour, (y * width + x) * 3);
  }
}
