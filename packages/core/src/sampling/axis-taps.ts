const { fround } = Math;

/** Which samples of a line an output position is made of. */
export interface AxisTaps {
  /** Samples per output position; unused ones have weight 0. */
  readonly width: number;
  readonly indices: Int32Array;
  readonly weights: Float32Array;
}

export type ResizeFilter = 'bilinear' | 'bicubic' | 'nearest' | 'nearest-exact';

/**
 * Taps of `torch.nn.functional.interpolate` along one axis, `align_corners=False`, in float32 like torch. With `antialias`
 * the filter is as wide as the samples that fall into an output position.
 */
export function axisTaps(from: number, to: number, filter: ResizeFilter, antialias: boolean): AxisTaps {
  if (filter === 'nearest' || filter === 'nearest-exact') return nearest(from, to, filter === 'nearest' ? 0 : 0.5);
  if (antialias) return wide(from, to, filter);
  return filter === 'bilinear' ? bilinear(from, to) : bicubic(from, to);
}

/** `reach`: samples per output position; `fill` names index and weight of each. */
function taps(to: number, reach: number, fill: (i: number, set: (k: number, index: number, weight: number) => void) => void): AxisTaps {
  const indices = new Int32Array(to * reach);
  const weights = new Float32Array(to * reach);
  for (let i = 0; i < to; i++) {
    fill(i, (k, index, weight) => {
      indices[i * reach + k] = index;
      weights[i * reach + k] = weight;
    });
  }
  return { width: reach, indices, weights };
}

function nearest(from: number, to: number, offset: number): AxisTaps {
  const scale = fround(from / to);
  return taps(to, 1, (i, set) => set(0, Math.min(Math.floor(fround((i + offset) * scale)), from - 1), 1));
}

/** Where the middle of output position `i` lies among the samples; rounded once, as a fused multiply–add. */
const sourceOf = (i: number, scale: number): number => fround(scale * (i + 0.5) - 0.5);

function bilinear(from: number, to: number): AxisTaps {
  const scale = fround(from / to);
  return taps(to, 2, (i, set) => {
    const source = Math.max(sourceOf(i, scale), 0);
    const low = Math.min(Math.floor(source), from - 1);
    const weight = Math.min(fround(source - low), 1);
    set(0, low, fround(1 - weight));
    set(1, Math.min(low + 1, from - 1), weight);
  });
}

function bicubic(from: number, to: number): AxisTaps {
  const scale = fround(from / to);
  return taps(to, 4, (i, set) => {
    const source = sourceOf(i, scale);
    const low = Math.floor(source);
    for (let k = 0; k < 4; k++) {
      set(k, Math.min(Math.max(low - 1 + k, 0), from - 1), keys(fround(source - low) + 1 - k, -0.75));
    }
  });
}

function wide(from: number, to: number, filter: 'bilinear' | 'bicubic'): AxisTaps {
  const scale = fround(from / to);
  const stretch = Math.max(scale, 1);
  const reach = fround((filter === 'bilinear' ? 1 : 2) * stretch);
  const at = (x: number): number => (filter === 'bilinear' ? Math.max(0, 1 - Math.abs(x)) : keys(x, -0.5));
  return taps(to, Math.ceil(reach) * 2 + 1, (i, set) => {
    const centre = fround(scale * (i + 0.5));
    const start = Math.max(Math.trunc(fround(fround(centre - reach) + 0.5)), 0);
    const count = Math.min(Math.trunc(fround(fround(centre + reach) + 0.5)), from) - start;
    const raw = Array.from({ length: count }, (_, k) => fround(at(fround(fround(k + start - centre + 0.5) * fround(1 / stretch)))));
    const sum = raw.reduce((total, weight) => fround(total + weight), 0);
    for (const [k, weight] of raw.entries()) set(k, start + k, weight / sum);
  });
}

/** The cubic convolution kernel of Keys 1981 with parameter `a`. */
function keys(x: number, a: number): number {
  const d = Math.abs(x);
  if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? (((d - 5) * d + 8) * d - 4) * a : 0;
}
