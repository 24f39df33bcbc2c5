import { setImmediate as nextTurn } from 'node:timers/promises';

const { fround, sqrt, floor } = Math;
const CHANNELS = 4;
const PASSES = 3;
/** Samples between two pauses. */
const WORK = 1_000_000;

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
  readonly radius: number;
  /** Weight of a whole sample, 24 fraction bits. */
  readonly inner: number;
  /** Weight of the two samples that lie partly in the box. */
  readonly outer: number;
}

function boxOf(exact: number): Box {
  const radius = Math.trunc(exact);
  const inner = Math.trunc(fround(2 ** 24 / fround(fround(exact * 2) + 1)));
  return { radius, inner, outer: Math.trunc((2 ** 24 - (radius * 2 + 1) * inner) / 2) };
}

/** One line of 4-channel samples; beyond its ends the outermost sample goes on. */
function blurLine(from: Uint8Array, to: Uint8Array, at: number, length: number, { radius, inner, outer }: Box): void {
  const last = length - 1;
  for (let c = at; c < at + CHANNELS; c++) {
    const sample = (i: number): number => from[c + CHANNELS * (i < 0 ? 0 : i > last ? last : i)] as number;
    let sum = 0;
    for (let i = -radius - 1; i < radius; i++) sum += sample(i);
    for (let x = 0; x < length; x++) {
      const left = sample(x - radius - 1);
      sum += sample(x + radius) - left;
      to[c + CHANNELS * x] = floor((sum * inner + (left + sample(x + radius + 1)) * outer + 2 ** 23) / 2 ** 24);
    }
  }
}

/** Blurs the lines three times; the result is `turned`: columns have become lines. */
async function blurAndTurn(data: Uint8Array, width: number, height: number, box: Box): Promise<Uint8Array> {
  const out = new Uint8Array(data.length);
  const pause = Math.max(1, floor(WORK / (width * CHANNELS * PASSES)));
  for (let y = 0; y < height; y++) {
    const stride = width * CHANNELS;
    let line = data.subarray(y * stride, (y + 1) * stride);
    for (let pass = 0; pass < PASSES; pass++) {
      const blurred = new Uint8Array(stride);
      blurLine(line, blurred, 0, width, box);
      line = blurred;
    }
    for (let x = 0; x < width; x++)
      for (let c = 0; c < CHANNELS; c++) out[(x * height + y) * CHANNELS + c] = line[x * CHANNELS + c] as number;
    if (y % pause === pause - 1) await nextTurn();
  }
  return out;
}

/** Pillow's `GaussianBlur` of 4-channel bytes: three box blurs in each direction. */
export async function boxBlur(
  data: Uint8Array,
  size: { readonly width: number; readonly height: number },
  radius: number,
): Promise<Uint8Array> {
  if (radius === 0) return data;
  const box = boxOf(boxRadius(radius));
  const turned = await blurAndTurn(data, size.width, size.height, box);
  return blurAndTurn(turned, size.height, size.width, box);
}
