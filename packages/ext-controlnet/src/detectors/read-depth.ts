import type { Pixels } from '../vision/pixels.js';
import { type Plane, resizePlane } from './plane.js';

type Found = readonly (readonly Plane[])[];

const { fround } = Math;
const clip = (value: number): number => Math.min(255, Math.max(0, value));
const firstOf = (found: Found, like: Pixels): Float32Array => resizePlane(found[0]![0]!, like).data;
const extremes = (data: Float32Array): readonly [least: number, most: number] =>
  data.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
const map = (like: Pixels, data: Uint8Array, channels = 1): Pixels => ({ data, width: like.width, height: like.height, channels });

/** Near is bright, from 0 at the farthest to 255 at the nearest (MiDaS, Depth Anything). */
export function readNearness(found: Found, like: Pixels): Pixels {
  const data = firstOf(found, like);
  const [least, most] = extremes(data);
  const range = fround(most - least);
  return map(
    like,
    Uint8Array.from(data, (value) => (range > 0 ? clip(fround(fround(fround(value - least) / range) * 255)) : 0)),
  );
}

/** The value below which a share of all lies, between two of them in proportion (`numpy.percentile`). */
function percentile(sorted: Float32Array, share: number): number {
  const place = (sorted.length - 1) * share;
  const low = Math.floor(place);
  return sorted[low]! + (sorted[Math.min(sorted.length - 1, low + 1)]! - sorted[low]!) * (place - low);
}

/** Distances in metres: what lies between the 2nd and the 85th percentile, far is dark (ZoeDepth). */
export function readDistance(found: Found, like: Pixels): Pixels {
  const data = firstOf(found, like);
  const sorted = data.slice().sort();
  const [near, far] = [percentile(sorted, 0.02), percentile(sorted, 0.85)];
  return map(
    like,
    Uint8Array.from(data, (value) => (far > near ? clip((1 - (value - near) / (far - near)) * 255) : 255)),
  );
}

/** Directions in −1…1 as colours: x red, y green, z blue (BAE). */
export function readNormals(found: Found, like: Pixels): Pixels {
  const axes = found
    .at(-1)!
    .slice(0, 3)
    .map((plane) => resizePlane(plane, like).data);
  const out = new Uint8Array(like.width * like.height * 3);
  for (const [c, data] of axes.entries()) for (let at = 0; at < data.length; at++) out[at * 3 + c] = clip((data[at]! + 1) * 0.5 * 255);
  return map(like, out, 3);
}
