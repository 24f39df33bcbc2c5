interface Grid {
  readonly values: Float64Array;
  readonly width: number;
  readonly height: number;
}
interface Window {
  /** Size of the whole enlarged grid. */
  readonly wide: number;
  readonly tall: number;
  /** What is left away at each side. */
  readonly margin: number;
}
type Taps = readonly (readonly [from: number, weight: number])[];

const { fround } = Math;
const a = -0.75;

/** Keys' cubic convolution in float32, as OpenCV's weights are; edges repeated. */
function taps(from: number, to: number, at: number): Taps {
  const place = fround((at + 0.5) * (1 / (to / from)) - 0.5);
  const start = Math.floor(place);
  const x = fround(place - start);
  const far = fround(x + 1);
  const near = fround(1 - x);
  const outer = fround(fround(fround(fround(fround(fround(a * far) - 5 * a) * far) + 8 * a) * far) - 4 * a);
  const inner = (t: number): number => fround(fround(fround(fround(fround((a + 2) * t) - (a + 3)) * t) * t) + 1);
  const [second, third] = [inner(x), inner(near)];
  const weights = [outer, second, third, fround(fround(fround(1 - outer) - second) - third)];
  return weights.map((weight, tap) => [Math.min(from - 1, Math.max(0, start - 1 + tap)), weight] as const);
}

/** The inside of `cv2.resize(grid, (wide, tall), INTER_CUBIC)` of doubles. */
export function cubicWindow({ values, width, height }: Grid, { wide, tall, margin }: Window): Float64Array {
  const across = Array.from({ length: wide - 2 * margin }, (_, at) => taps(width, wide, at + margin));
  const lines = new Float64Array(height * across.length);
  for (let y = 0; y < height; y++)
    for (const [x, row] of across.entries()) {
      let sum = 0;
      for (const [from, weight] of row) sum += values[y * width + from]! * weight;
      lines[y * across.length + x] = sum;
    }
  const out = new Float64Array(across.length * (tall - 2 * margin));
  for (let y = margin; y < tall - margin; y++) {
    const column = taps(height, tall, y);
    for (let x = 0; x < across.length; x++) {
      let sum = 0;
      for (const [from, weight] of column) sum += lines[from * across.length + x]! * weight;
      out[(y - margin) * across.length + x] = sum;
    }
  }
  return out;
}
