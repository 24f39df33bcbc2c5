/** One channel of a float picture, row by row. */
export interface Plane {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where a target position lies between two source positions. */
function between(at: number, from: number, to: number): readonly [low: number, high: number, share: number] {
  const place = Math.min(from - 1, Math.max(0, ((at + 0.5) * from) / to - 0.5));
  const low = Math.floor(place);
  return [low, Math.min(from - 1, low + 1), place - low];
}

/** Bilinear, `cv2.resize` of float32 with its default filter. */
export function resizePlane(plane: Plane, { width, height }: Size): Plane {
  if (plane.width === width && plane.height === height) return plane;
  const out = new Float32Array(width * height);
  const across = Array.from({ length: width }, (_, x) => between(x, plane.width, width));
  for (let y = 0; y < height; y++) {
    const [above, below, down] = between(y, plane.height, height);
    for (const [x, [left, right, share]] of across.entries()) {
      const at = (row: number, column: number): number => plane.data[row * plane.width + column]!;
      const top = at(above, left) * (1 - share) + at(above, right) * share;
      const bottom = at(below, left) * (1 - share) + at(below, right) * share;
      out[y * width + x] = top * (1 - down) + bottom * down;
    }
  }
  return { data: out, width, height };
}
