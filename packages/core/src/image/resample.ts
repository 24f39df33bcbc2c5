import { setImmediate as nextTurn } from 'node:timers/promises';
import { Raster } from '@armature/sdk';
import { pixelsOf } from '@armature/sdk/internal';
import { premultiply, unpremultiply } from './alpha.js';
import { type FilterTaps, FRACTION, filterTaps } from './filter-taps.js';

export type ResampleFilter = 'nearest' | 'box' | 'bilinear' | 'bicubic' | 'lanczos';

export interface RasterSize {
  readonly width: number;
  readonly height: number;
}

/** Interleaved bytes being worked on. */
interface Plane extends RasterSize {
  readonly data: Uint8Array;
  readonly channels: number;
}

const HALF = 1 << (FRACTION - 1);
/** Multiply-adds between two pauses: a few milliseconds. */
const WORK = 4_000_000;

const clip = (value: number): number => (value < 0 ? 0 : value > 255 ? 255 : value);

/** Resizes lines to `width`. */
function* horizontal(source: Plane, width: number, { start, count, weights, stride }: FilterTaps): Generator<void, Plane> {
  const { data, height, channels } = source;
  const out = new Uint8Array(width * height * channels);
  const rows = Math.max(1, Math.floor(WORK / (width * stride * channels)));
  for (let y = 0; y < height; y++) {
    const line = y * source.width * channels;
    let at = y * width * channels;
    for (let x = 0; x < width; x++) {
      const first = line + (start[x] as number) * channels;
      for (let c = 0; c < channels; c++) {
        let sum = HALF;
        let from = first + c;
        for (let k = x * stride, end = k + (count[x] as number); k < end; k++, from += channels) {
          sum = (sum + (data[from] as number) * (weights[k] as number)) | 0;
        }
        out[at++] = clip(sum >> FRACTION);
      }
    }
    if (y % rows === rows - 1) yield;
  }
  return { data: out, width, height, channels };
}

/** Resizes columns to `height`. */
function* vertical(source: Plane, height: number, { start, count, weights, stride }: FilterTaps): Generator<void, Plane> {
  const { data, width, channels } = source;
  const line = width * channels;
  const out = new Uint8Array(line * height);
  const sums = new Int32Array(line);
  const rows = Math.max(1, Math.floor(WORK / (line * stride)));
  for (let y = 0; y < height; y++) {
    sums.fill(HALF);
    for (let k = 0; k < (count[y] as number); k++) {
      const weight = weights[y * stride + k] as number;
      const from = ((start[y] as number) + k) * line;
      for (let i = 0; i < line; i++) sums[i] = (sums[i] as number) + (data[from + i] as number) * weight;
    }
    for (let i = 0; i < line; i++) out[y * line + i] = clip((sums[i] as number) >> FRACTION);
    if (y % rows === rows - 1) yield;
  }
  return { data: out, width, height, channels };
}

/** Source positions of a line, stepped by repeated addition as Pillow does, so that ties fall alike. */
function nearestPositions(from: number, to: number): Int32Array {
  const positions = new Int32Array(to);
  const step = from / to;
  for (let i = 0, at = step * 0.5; i < to; i++, at += step) positions[i] = Math.min(Math.floor(at), from - 1);
  return positions;
}

function* nearest({ data, width, height, channels }: Plane, size: RasterSize): Generator<void, Plane> {
  const out = new Uint8Array(size.width * size.height * channels);
  const columns = nearestPositions(width, size.width);
  const rows = nearestPositions(height, size.height);
  const pause = Math.max(1, Math.floor(WORK / (size.width * channels)));
  for (let y = 0, at = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      const from = ((rows[y] as number) * width + (columns[x] as number)) * channels;
      for (let c = 0; c < channels; c++) out[at++] = data[from + c] as number;
    }
    if (y % pause === pause - 1) yield;
  }
  return { data: out, ...size, channels };
}

/** Works over all pixels in place. */
function* inPixels({ data, width, height }: Plane, work: typeof premultiply): Generator<void, void> {
  for (let start = 0; start < width * height; start += WORK / 8) {
    work(data, start, Math.min(width * height, start + WORK / 8));
    yield;
  }
}

function* steps(image: Raster, size: RasterSize, filter: ResampleFilter): Generator<void, Raster> {
  const { width, height } = size;
  if (![width, height].every((side) => Number.isSafeInteger(side) && side > 0))
    throw new RangeError(`${width}×${height} is not a picture size`);
  if (image.width === width && image.height === height) return image;
  const { channels } = image;
  const pixels = pixelsOf(image);
  const blended = channels === 4 && filter !== 'nearest';
  let plane: Plane = { data: blended ? pixels.slice() : pixels, width: image.width, height: image.height, channels };
  if (blended) yield* inPixels(plane, premultiply);
  if (filter === 'nearest') plane = yield* nearest(plane, size);
  else {
    if (width !== plane.width) plane = yield* horizontal(plane, width, filterTaps(plane.width, width, filter));
    if (height !== plane.height) plane = yield* vertical(plane, height, filterTaps(plane.height, height, filter));
  }
  if (blended) yield* inPixels(plane, unpremultiply);
  return new Raster(plane.data, { width, height, channels });
}

/** Resizes in one go; a large picture holds the event loop up for as long as it takes. Bit-exact with Pillow's `resize`. */
export function resampleSync(image: Raster, size: RasterSize, filter: ResampleFilter): Raster {
  const work = steps(image, size, filter);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** Resizes in slices of a few milliseconds. Bit-exact with Pillow's `resize`; with alpha, colours are weighted by it. */
export async function resample(image: Raster, size: RasterSize, filter: ResampleFilter): Promise<Raster> {
  const work = steps(image, size, filter);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    await nextTurn();
  }
}
