import { inSlices } from './in-slices.js';

const { fround, imul, sqrt, floor } = Math;
const PASSES = 3;

/** Radius of a box that, used three times, blurs like a Gaussian (Pillow's `_gaussian_blur_radius`, in float32). */
function boxRadius(radius: number): number {
  const sigma2 = fround(fround(radius * radius) / PASSES);
  const length = fround(sqrt(12 * sigma2 + 1));
  const whole = fround(floor((length - 1) / 2));
  const wide = fround((whole + 1) * (whole + 1));
  const over = fround((2 * whole + 1) * fround(fround(whole * (whole + 1)) - fround(3 * sigma2)));
  return fround(whole + fround(over / fround(6 * fround(sigma2 - wide))));
}

interface Box {
  /** Whole samples on each side of the middle one. */
  readonly reach: number;
  /** Weight of a whole sample, 24 fraction bits. */
  readonly inner: number;
  /** Weight of the two samples that lie partly in the box. */
  readonly outer: number;
}

function boxOf(exact: number): Box {
  const reach = Math.trunc(exact);
  const inner = Math.trunc(fround(2 ** 24 / fround(fround(exact * 2) + 1)));
  return { reach, inner, outer: Math.trunc((2 ** 24 - (reach * 2 + 1) * inner) / 2) };
}

/**
 * Blurs a line that stands between two margins of `reach + 1` samples, which are set to the outermost ones. The weighted
 * sum stays below 2³², so that 32-bit arithmetic is exact.
 */
function blurLine(line: Uint8Array, scratch: Uint8Array, { reach, inner, outer }: Box): void {
  const margin = reach + 1;
  const { length } = scratch;
  line.fill(line[margin] as number, 0, margin);
  line.fill(line[margin + length - 1] as number, margin + length);
  let sum = 0;
  for (let i = 0; i <= 2 * reach; i++) sum += line[i] as number;
  for (let x = 0; x < length; x++) {
    const left = line[x] as number;
    sum += (line[x + 2 * margin - 1] as number) - left;
    scratch[x] = (imul(sum, inner) + imul(left + (line[x + 2 * margin] as number), outer) + (1 << 23)) >>> 24;
  }
  line.set(scratch, margin);
}

interface Plane {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/** Blurs the lines three times and turns the picture: columns have become lines. */
async function blurAndTurn({ data, width, height, channels }: Plane, box: Box): Promise<Uint8Array> {
  const out = new Uint8Array(data.length);
  const margin = box.reach + 1;
  const line = new Uint8Array(width + 2 * margin);
  const scratch = new Uint8Array(width);
  const blurRow = (y: number, c: number) => {
    for (let x = 0, from = y * width * channels + c; x < width; x++, from += channels) line[margin + x] = data[from] as number;
    for (let pass = 0; pass < PASSES; pass++) blurLine(line, scratch, box);
    for (let x = 0, to = y * channels + c; x < width; x++, to += height * channels) out[to] = scratch[x] as number;
  };
  const blurRows = (start: number, end: number) => {
    for (let y = start; y < end; y++) for (let c = 0; c < channels; c++) blurRow(y, c);
  };
  await inSlices(height, blurRows, line.length * channels);
  return out;
}

/** Pillow's `GaussianBlur` of interleaved bytes, 4 channels unless told: three box blurs in each direction. `radius` in pixels. */
export async function boxBlur(
  data: Uint8Array,
  { width, height, channels = 4 }: { readonly width: number; readonly height: number; readonly channels?: number },
  radius: number,
): Promise<Uint8Array> {
  if (radius === 0) return data.slice();
  const box = boxOf(boxRadius(radius));
  const turned = await blurAndTurn({ data, width, height, channels }, box);
  return blurAndTurn({ data: turned, width: height, height: width, channels }, box);
}
