import { Latent } from '@armature/sdk';
import { owned, viewOf } from '@armature/sdk/internal';
import { type AxisTaps, axisTaps, type ResizeFilter } from './axis-taps.js';

export interface ResizeMode {
  readonly mode: ResizeFilter;
  /** Of `bilinear` and `bicubic`: making smaller averages over what falls together. */
  readonly antialias: boolean;
}

/** `torch.nn.functional.interpolate(latent, size)` to `width` × `height` latent cells; first along the rows, then down. */
export function resizeLatent(
  latent: Latent,
  { width, height }: { readonly width: number; readonly height: number },
  { mode, antialias }: ResizeMode,
): Latent {
  const { batch, channels } = latent;
  const planes = batch * channels;
  const along = alongRows(viewOf(latent), latent.width, axisTaps(latent.width, width, mode, antialias), planes * latent.height);
  const down = acrossRows(along, { width, from: latent.height, to: height, planes }, axisTaps(latent.height, height, mode, antialias));
  return new Latent(owned(down), [batch, channels, height, width]);
}

function alongRows(source: Float32Array, from: number, { width: reach, indices, weights }: AxisTaps, rows: number): Float32Array {
  const to = indices.length / reach;
  const out = new Float32Array(rows * to);
  for (let row = 0; row < rows; row++) {
    for (let x = 0; x < to; x++) {
      let sum = 0;
      for (let k = x * reach; k < (x + 1) * reach; k++)
        sum += (source[row * from + (indices[k] as number)] as number) * (weights[k] as number);
      out[row * to + x] = sum;
    }
  }
  return out;
}

interface Planes {
  readonly width: number;
  readonly from: number;
  readonly to: number;
  readonly planes: number;
}

function acrossRows(source: Float32Array, { width, from, to, planes }: Planes, { width: reach, indices, weights }: AxisTaps): Float32Array {
  const out = new Float32Array(planes * to * width);
  for (let row = 0; row < planes * to; row++) {
    const top = Math.floor(row / to) * from;
    const first = (row % to) * reach;
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = first; k < first + reach; k++)
        sum += (source[(top + (indices[k] as number)) * width + x] as number) * (weights[k] as number);
      out[row * width + x] = sum;
    }
  }
  return out;
}
