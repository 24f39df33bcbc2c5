import { channelsOf, type Pixels } from '../vision/pixels.js';

const { fround } = Math;
const shift = 8;

const gamma = Array.from({ length: 256 }, (_, at) => {
  const x = at / 255;
  return Math.round(255 * shift * (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
});
const root = (at: number): number => {
  const x = at / (255 * shift);
  return Math.round(32768 * (x < 0.008856 ? x * 7.787 + 0.13793103448275862 : Math.cbrt(x)));
};

/** L of CIE Lab in OpenCV's 8-bit arithmetic. The original takes red for blue, and so do we. */
function lightness(first: number, second: number, third: number): number {
  const y = (gamma[first]! * 296 + gamma[second]! * 2929 + gamma[third]! * 871 + 2048) >> 12;
  return Math.min(255, Math.max(0, (296 * root(y) - Math.floor((16 * 255 * 32768 + 50) / 100) + 16384) >> 15));
}

function greyOf({ data, width, height }: Pixels, exponent: number, value: (r: number, g: number, b: number) => number): Pixels {
  const out = new Uint8Array(width * height);
  for (let at = 0; at < out.length; at++) {
    const level = fround(value(data[at * 3]!, data[at * 3 + 1]!, data[at * 3 + 2]!) / 255);
    out[at] = Math.min(255, fround(fround(level ** exponent) * 255));
  }
  return channelsOf({ data: out, width, height, channels: 1 }, [0, 0, 0]);
}

export const luminance = (image: Pixels, exponent: number): Pixels => greyOf(image, exponent, lightness);
export const intensity = (image: Pixels, exponent: number): Pixels => greyOf(image, exponent, Math.max);
