import type { NoiseShape } from './image-noise.js';

/** Above this mean cosine the two noises count as parallel. */
const parallel = 0.9995;

/**
 * Spherical interpolation from `low` to `high` by `share`, column by column: the angle is measured over the height of
 * each channel, as the reference's `slerp` does (`dim=1` of a CHW tensor). Parallel noises are mixed linearly and, as
 * in the reference, the wrong way round.
 */
export function slerp(share: number, low: Float32Array, high: Float32Array, shape: NoiseShape): Float32Array {
  const cosines = columnCosines(low, high, shape);
  const mean = cosines.reduce((sum, value) => sum + value, 0) / cosines.length;
  if (mean > parallel)
    return low.map((value, i) => Math.fround(value * Math.fround(share)) + Math.fround((high[i] as number) * Math.fround(1 - share)));
  const { fround } = Math;
  const [, height, width] = shape;
  return low.map((value, i) => {
    const column = Math.floor(i / (height * width)) * width + (i % width);
    const angle = fround(Math.acos(cosines[column] as number));
    const sine = fround(Math.sin(angle));
    const ofLow = fround(fround(Math.sin(fround(fround(1 - share) * angle))) / sine);
    const ofHigh = fround(fround(Math.sin(fround(fround(share) * angle))) / sine);
    return fround(ofLow * value) + fround(ofHigh * (high[i] as number));
  });
}

/** One cosine for each channel and column. */
function columnCosines(low: Float32Array, high: Float32Array, [channels, height, width]: NoiseShape): Float32Array {
  const cosines = new Float32Array(channels * width);
  for (let column = 0; column < cosines.length; column++) {
    const start = Math.floor(column / width) * height * width + (column % width);
    let lowSquares = 0;
    let highSquares = 0;
    let product = 0;
    for (let row = 0; row < height; row++) {
      const a = low[start + row * width] as number;
      const b = high[start + row * width] as number;
      lowSquares += a * a;
      highSquares += b * b;
      product += a * b;
    }
    cosines[column] = product / Math.sqrt(lowSquares * highSquares);
  }
  return cosines;
}
