import { inSlices } from './in-slices.js';

/** How often each byte stands at `channel` of 3-channel pixels, added up: entry v counts the values ≤ v. */
async function cumulative(pixels: Uint8Array, channel: number): Promise<Float64Array> {
  const counts = new Float64Array(256);
  await inSlices(pixels.length / 3, (start, end) => {
    for (let i = 3 * start + channel; i < 3 * end; i += 3) counts[pixels[i] as number] = (counts[pixels[i] as number] as number) + 1;
  });
  for (let v = 1; v < 256; v++) counts[v] = (counts[v] as number) + (counts[v - 1] as number);
  return counts;
}

/** The value at `x` of the line through the points, as `numpy.interp`. */
function interpolate(x: number, xs: readonly number[], ys: readonly number[]): number {
  const next = xs.findIndex((value) => value > x);
  if (next === 0) return ys[0] as number;
  if (next < 0) return ys.at(-1) as number;
  const [x0, x1] = [xs[next - 1] as number, xs[next] as number];
  const [y0, y1] = [ys[next - 1] as number, ys[next] as number];
  return x0 === x ? y0 : ((y1 - y0) / (x1 - x0)) * (x - x0) + y0;
}

/**
 * For each byte of one of 3 channels, the byte that gives `image` the distribution of `target` there
 * (scikit-image's `match_histograms`: quantiles interpolated in float64, the result truncated).
 */
export async function matchHistogram(image: Uint8Array, target: Uint8Array, channel: number): Promise<Uint8Array> {
  const found = await cumulative(image, channel);
  const wanted = await cumulative(target, channel);
  const values = Array.from(wanted.keys()).filter((v) => wanted[v] !== (v === 0 ? 0 : wanted[v - 1]));
  const quantiles = values.map((v) => (wanted[v] as number) / (target.length / 3));
  return Uint8Array.from(found, (count) => interpolate(count / (image.length / 3), quantiles, values));
}
