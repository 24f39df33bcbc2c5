import { setImmediate as nextTurn } from 'node:timers/promises';
import { Raster } from '@armature/sdk';
import { pixelsOf } from '@armature/sdk/internal';
import { inSlices } from './in-slices.js';

interface Tap {
  readonly offset: number;
  readonly weight: number;
}

/** Multiply-adds between two pauses. */
const WORK = 2_000_000;

/** The nearest integer, a half to the even one. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

/**
 * OpenCV's 8-bit Gaussian kernel of `2 · int(2.5 σ + 0.5) + 1` taps: weights of 1/256, what rounding leaves is carried
 * to the next one, the middle takes the rest (`getGaussianKernelFixedPoint_ED`).
 */
function gaussianTaps(sigma: number): readonly Tap[] {
  const reach = Math.trunc(2.5 * sigma + 0.5);
  const side = Array.from({ length: reach }, (_, i) => Math.exp((-0.5 * (reach - i) ** 2) / (sigma * sigma)));
  const total = 2 * side.reduce((sum, value) => sum + value, 0) + 1;
  const taps: Tap[] = [];
  let carried = 0;
  let rest = 256;
  for (const [i, value] of side.entries()) {
    const exact = (value / total) * 256 + carried;
    const weight = roundHalfEven(exact);
    carried = exact - weight;
    rest -= 2 * weight;
    if (weight !== 0) taps.push({ offset: i - reach, weight }, { offset: reach - i, weight });
  }
  return [...taps, { offset: 0, weight: rest }];
}

/** Index of a position beyond the ends, mirrored at the outermost sample (`BORDER_REFLECT_101`). */
function mirrored(position: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const at = ((position % period) + period) % period;
  return at < length ? at : period - at;
}

/** Blurs along the columns of `width` × `height` bytes. */
async function blurColumns(data: Uint8Array, width: number, height: number, taps: readonly Tap[]): Promise<Uint8Array> {
  const out = new Uint8Array(data.length);
  const sums = new Int32Array(width);
  const pause = Math.max(1, Math.floor(WORK / (width * taps.length)));
  for (let y = 0; y < height; y++) {
    sums.fill(128);
    for (const { offset, weight } of taps) {
      const from = mirrored(y + offset, height) * width;
      for (let x = 0; x < width; x++) sums[x] = (sums[x] as number) + weight * (data[from + x] as number);
    }
    for (let x = 0; x < width; x++) out[y * width + x] = (sums[x] as number) >> 8;
    if (y % pause === pause - 1) await nextTurn();
  }
  return out;
}

async function transposed(data: Uint8Array, width: number, height: number): Promise<Uint8Array> {
  const out = new Uint8Array(data.length);
  const turn = (start: number, end: number) => {
    for (let y = start; y < end; y++) for (let x = 0; x < width; x++) out[x * height + y] = data[y * width + x] as number;
  };
  await inSlices(height, turn, width);
  return out;
}

/**
 * A 1-channel mask blurred from left to right with sigma `x`, then from top to bottom with sigma `y`, pixels; 0 leaves
 * that direction alone. Bit-exact with OpenCV's `GaussianBlur` as the webui calls it.
 */
export async function blurMask(mask: Raster, x: number, y: number): Promise<Raster> {
  const { width, height } = mask;
  let data = pixelsOf(mask);
  if (x > 0) {
    const turned = await blurColumns(await transposed(data, width, height), height, width, gaussianTaps(x));
    data = await transposed(turned, height, width);
  }
  if (y > 0) data = await blurColumns(data, width, height, gaussianTaps(y));
  return new Raster(data, mask);
}
