/** Coverage of a shape over its bounding box, `maskSize` × `maskSize`, row by row: 1 inside, 0 outside. */
export type Mask = Uint8Array;
const maskSize = 64;

type Point = readonly [x: number, y: number];

const onCircle = (count: number, radius: number, start: number): readonly Point[] =>
  Array.from({ length: count }, (_, i) => {
    const angle = ((start + (360 * i) / count) * Math.PI) / 180;
    return [radius * Math.cos(angle), radius * Math.sin(angle)] as const;
  });

const starCorners = (): readonly Point[] => {
  const inner = onCircle(5, 0.42, -54);
  return onCircle(5, 1, -90).flatMap((corner, i) => [corner, inner[i] as Point]);
};

/** Even-odd rule. */
function insidePolygon(x: number, y: number, corners: readonly Point[]): boolean {
  let inside = false;
  for (const [i, [ax, ay]] of corners.entries()) {
    const [bx, by] = corners[(i + 1) % corners.length] as Point;
    if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside;
  }
  return inside;
}

/** Two round lobes over a right-angled tip, y downwards. */
function insideHeart(x: number, y: number): boolean {
  const across = Math.abs(x);
  const up = 0.9 - y;
  if (across + up > 1) return Math.hypot(across - 0.25, up - 0.75) < Math.SQRT2 / 4;
  return across < up;
}

const square: readonly Point[] = [
  [-1, -1],
  [1, -1],
  [1, 1],
  [-1, 1],
];
const triangle: readonly Point[] = [
  [0, -1],
  [1, 0.73],
  [-1, 0.73],
];

/** y grows downwards; each shape lies within −1.2…1.2. */
const shapes: Readonly<Record<string, (x: number, y: number) => boolean>> = {
  circle: (x, y) => Math.hypot(x, y) < 1,
  square: (x, y) => insidePolygon(x, y, square),
  triangle: (x, y) => insidePolygon(x, y, triangle),
  star: (x, y) => insidePolygon(x, y, starCorners()),
  heart: insideHeart,
};

/** Stretches what is set in a field of `width` to the mask size. @returns undefined when nothing is set. */
export function fitMask(isSet: (x: number, y: number) => boolean, width: number, height: number): Mask | undefined {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!isSet(x, y)) continue;
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
    }
  }
  if (right < 0) return undefined;
  const mask = new Uint8Array(maskSize * maskSize);
  for (let row = 0; row < maskSize; row++) {
    for (let column = 0; column < maskSize; column++) {
      const x = left + Math.floor(((column + 0.5) / maskSize) * (right - left + 1));
      const y = top + Math.floor(((row + 0.5) / maskSize) * (bottom - top + 1));
      mask[row * maskSize + column] = isSet(x, y) ? 1 : 0;
    }
  }
  return mask;
}

/** The judged shapes, each filling its box. */
export function referenceMasks(): ReadonlyMap<string, Mask> {
  const grid = 512;
  const at = (i: number): number => (i / grid) * 2.4 - 1.2;
  return new Map(Object.entries(shapes).map(([name, inside]) => [name, fitMask((x, y) => inside(at(x), at(y)), grid, grid) as Mask]));
}

/** Intersection over union. */
export function overlap(a: Mask, b: Mask): number {
  let both = 0;
  let either = 0;
  for (let i = 0; i < a.length; i++) {
    both += (a[i] as number) & (b[i] as number);
    either += (a[i] as number) | (b[i] as number);
  }
  return either === 0 ? 0 : both / either;
}
