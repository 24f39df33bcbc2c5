import { cut } from '../vision/cut.js';
import { roundEven } from '../vision/fit-map.js';
import { type Pixels, toRgb } from '../vision/pixels.js';
import { resize } from '../vision/resize.js';

const tile = 64;

/** A picture whose shorter side is `resolution`; four channels stay four. */
export function atResolution(image: Pixels, resolution: number): Pixels {
  const whole = image.channels === 4 ? image : toRgb(image);
  if (resolution === 0) return whole;
  const scale = resolution / Math.min(whole.width, whole.height);
  const size = { width: roundEven(whole.width * scale), height: roundEven(whole.height * scale) };
  return resize(whole, size, scale > 1 ? 'cubic' : 'area');
}

/** Runs `work` at a resolution, on sides that are multiples of 64: the edges are repeated, and what they became is cut off. */
export function inResolution(image: Pixels, resolution: number, work: (padded: Pixels) => Pixels): Pixels {
  const { picture, restore } = padded(image, resolution);
  return restore(work(picture));
}

/** A picture at a resolution, on sides that are multiples of 64, and what takes the added edges off its map again. */
export function padded(image: Pixels, resolution: number): { readonly picture: Pixels; readonly restore: (map: Pixels) => Pixels } {
  const fitted = atResolution(image, resolution);
  const { width, height, channels, data } = fitted;
  if (resolution === 0) return { picture: fitted, restore: (map) => map };
  const size = { width: Math.ceil(width / tile) * tile, height: Math.ceil(height / tile) * tile };
  const out = new Uint8Array(size.width * size.height * channels);
  for (let y = 0; y < size.height; y++)
    for (let x = 0; x < size.width; x++) {
      const from = (Math.min(y, height - 1) * width + Math.min(x, width - 1)) * channels;
      for (let c = 0; c < channels; c++) out[(y * size.width + x) * channels + c] = data[from + c]!;
    }
  return { picture: { data: out, ...size, channels }, restore: (map) => cut(map, { x: 0, y: 0, width, height }) };
}
