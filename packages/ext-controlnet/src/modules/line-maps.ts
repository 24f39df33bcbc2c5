import { floatBlur } from '../vision/float-blur.js';
import type { Pixels } from '../vision/pixels.js';

const clip = (value: number): number => Math.min(255, Math.max(0, value));
/** The least of a pixel's channels. */
const least = (of: (at: number) => number, pixel: number, channels: number): number => {
  let found = of(pixel * channels);
  for (let c = 1; c < channels; c++) found = Math.min(found, of(pixel * channels + c));
  return found;
};

/** Scribbles by an extended difference of Gaussians (`scribble_xdog`). */
export function xdog(image: Pixels, threshold: number): Pixels {
  const [fine, coarse] = [floatBlur(image, 0.5), floatBlur(image, 5)];
  const { width, height, channels } = image;
  const data = new Uint8Array(image.data.length);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const dog = Math.trunc(clip(Math.fround(255 - least((at) => Math.fround(coarse[at]! - fine[at]!), pixel, channels))));
    // The original doubles in 8 bits.
    if (((2 * (255 - dog)) & 255) > threshold) data.fill(255, pixel * channels, (pixel + 1) * channels);
  }
  return { ...image, data };
}

/** Lines darker than what is around them (`lineart_standard`). */
export function darkLines(image: Pixels): Pixels {
  const around = floatBlur(image, 6);
  const { width, height, channels, data } = image;
  const depth = new Float32Array(width * height);
  for (let pixel = 0; pixel < depth.length; pixel++)
    depth[pixel] = clip(least((at) => Math.fround(around[at]! - data[at]!), pixel, channels));
  const deep = [...depth].filter((value) => value > 8).sort((a, b) => a - b);
  const half = deep.length / 2;
  const median = deep.length === 0 ? Number.NaN : Math.fround((deep[Math.ceil(half) - 1]! + deep[Math.floor(half)]!) / 2);
  const scale = Number.isNaN(median) ? 16 : Math.max(16, median);
  return {
    width,
    height,
    channels: 1,
    data: Uint8Array.from(depth, (value) => clip(Math.fround(Math.fround(value / Math.fround(scale)) * 127))),
  };
}
