import type { ResampleFilter } from './resample.js';

type WeightedFilter = Exclude<ResampleFilter, 'nearest'>;

/** Weights of one output position over a run of input positions, fixed point with 22 fraction bits. */
export interface FilterTaps {
  readonly start: Int32Array;
  readonly count: Int32Array;
  readonly weights: Int32Array;
  /** Weights kept per output position. */
  readonly stride: number;
}

/** Fraction bits of a weight. */
export const FRACTION = 22;
const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

function bicubic(x: number): number {
  const a = -0.5;
  const d = Math.abs(x);
  if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? (((d - 5) * d + 8) * d - 4) * a : 0;
}

const filters: Readonly<Record<WeightedFilter, { readonly support: number; readonly at: (x: number) => number }>> = {
  box: { support: 0.5, at: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, at: bicubic },
  lanczos: { support: 3, at: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

/** Filter weights for resizing a line from `from` to `to` samples (Pillow's `precompute_coeffs`). */
export function filterTaps(from: number, to: number, filter: WeightedFilter): FilterTaps {
  const { support, at } = filters[filter];
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const reach = support * stretch;
  const stride = Math.ceil(reach) * 2 + 1;
  const taps = { start: new Int32Array(to), count: new Int32Array(to), weights: new Int32Array(to * stride), stride };
  const line = new Float64Array(stride);
  for (let i = 0; i < to; i++) {
    const center = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - reach + 0.5));
    const count = Math.min(from, Math.trunc(center + reach + 0.5)) - start;
    let sum = 0;
    for (let k = 0; k < count; k++) sum += line[k] = at((k + start - center + 0.5) * (1 / stretch));
    for (let k = 0; k < count; k++) {
      const weight = (sum === 0 ? (line[k] as number) : (line[k] as number) / sum) * (1 << FRACTION);
      taps.weights[i * stride + k] = Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5);
    }
    taps.start[i] = start;
    taps.count[i] = count;
  }
  return taps;
}
