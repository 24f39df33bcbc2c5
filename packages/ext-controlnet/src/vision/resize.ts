import { enlargeByArea } from './enlarge-by-area.js';
import type { Pixels } from './pixels.js';

interface Size {
  readonly width: number;
  readonly height: number;
}
/** Source positions and their weights for one target position. */
type Taps = readonly (readonly [from: number, weight: number])[];
export type Interpolation = 'nearest' | 'cubic' | 'area';

const { fround } = Math;
const clamp = (value: number, most: number): number => Math.min(most, Math.max(0, value));
/** Half to even, as the processor rounds. */
const rounded = (value: number): number => {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
};

/** `cv2.resize` of 8-bit pictures. */
export function resize(image: Pixels, size: Size, how: Interpolation): Pixels {
  if (size.width === image.width && size.height === image.height) return image;
  if (how === 'nearest') return picked(image, size);
  // A picture that grows along an axis is not averaged there.
  const shrinks = size.width <= image.width && size.height <= image.height;
  if (how === 'area' && !shrinks) return enlargeByArea(image, size);
  const taps = how === 'cubic' ? cubicTaps : areaTaps;
  // Means of 2×2 pixels are whole-number arithmetic there: halves go up.
  const halves = how === 'area' && image.width === 2 * size.width && image.height === 2 * size.height;
  const round = halves ? (value: number): number => Math.floor(value + 0.5) : rounded;
  return weighted(image, size, [taps(image.width, size.width), taps(image.height, size.height)], round);
}

function picked({ data, width, height, channels }: Pixels, size: Size): Pixels {
  const out = new Uint8Array(size.width * size.height * channels);
  for (let y = 0; y < size.height; y++) {
    const row = Math.min(height - 1, Math.floor((y * height) / size.height));
    for (let x = 0; x < size.width; x++) {
      const from = (row * width + Math.min(width - 1, Math.floor((x * width) / size.width))) * channels;
      for (let c = 0; c < channels; c++) out[(y * size.width + x) * channels + c] = data[from + c]!;
    }
  }
  return { data: out, width: size.width, height: size.height, channels };
}

/** Keys' cubic convolution with A = −0.75, edges repeated. */
function cubicTaps(from: number, to: number): readonly Taps[] {
  const scale = from / to;
  const a = -0.75;
  return Array.from({ length: to }, (_, at) => {
    const place = (at + 0.5) * scale - 0.5;
    const start = Math.floor(place);
    const x = place - start;
    const first = ((a * (x + 1) - 5 * a) * (x + 1) + 8 * a) * (x + 1) - 4 * a;
    const second = ((a + 2) * x - (a + 3)) * x * x + 1;
    const third = ((a + 2) * (1 - x) - (a + 3)) * (1 - x) * (1 - x) + 1;
    const weights = [first, second, third, 1 - first - second - third];
    return weights.map((weight, tap) => [clamp(start - 1 + tap, from - 1), weight] as const);
  });
}

/** The share of each source pixel that lies in the target pixel. */
function areaTaps(from: number, to: number): readonly Taps[] {
  const scale = from / to;
  return Array.from({ length: to }, (_, at) => {
    const [start, end] = [at * scale, Math.min(from, (at + 1) * scale)];
    const cell = Math.min(scale, from - start);
    const taps: (readonly [number, number])[] = [];
    for (let pixel = Math.floor(start + 1e-9); pixel < end - 1e-3; pixel++) {
      const share = Math.min(end, pixel + 1) - Math.max(start, pixel);
      if (share > 1e-3) taps.push([pixel, share / cell]);
    }
    return taps;
  });
}

/** Taps of every target position one after another; those of position i stand from `first[i]` to `first[i + 1]`. */
function flat(taps: readonly Taps[]) {
  const all = taps.flat();
  const first = new Int32Array(taps.length + 1);
  for (const [at, some] of taps.entries()) first[at + 1] = first[at]! + some.length;
  return { first, from: Int32Array.from(all, ([from]) => from), weight: Float64Array.from(all, ([, weight]) => weight) };
}

/** Every row of the source at the width of the target. */
function widened({ data, width, height, channels }: Pixels, target: number, across: readonly Taps[]): Float32Array {
  const lines = new Float32Array(height * target * channels);
  const { first, from, weight } = flat(across);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < target; x++)
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let tap = first[x]!; tap < first[x + 1]!; tap++) sum += data[(y * width + from[tap]!) * channels + c]! * weight[tap]!;
        lines[(y * target + x) * channels + c] = sum;
      }
  return lines;
}

function weighted(
  image: Pixels,
  size: Size,
  [across, down]: readonly [readonly Taps[], readonly Taps[]],
  round: (value: number) => number,
): Pixels {
  const { channels } = image;
  const lines = widened(image, size.width, across);
  const out = new Uint8Array(size.width * size.height * channels);
  const stride = size.width * channels;
  const { first, from, weight } = flat(down);
  for (let y = 0; y < size.height; y++)
    for (let at = 0; at < stride; at++) {
      let sum = 0;
      for (let tap = first[y]!; tap < first[y + 1]!; tap++) sum += lines[from[tap]! * stride + at]! * weight[tap]!;
      out[y * stride + at] = clamp(round(fround(sum)), 255);
    }
  return { data: out, width: size.width, height: size.height, channels };
}
