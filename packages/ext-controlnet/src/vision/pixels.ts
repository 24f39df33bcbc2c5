import { Raster, type RasterChannels } from '@armature/sdk';

/** A picture being worked on: interleaved rows of 8-bit values, as many channels as wanted. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

export const pixelsOf = (image: Raster): Pixels => ({
  data: image.toBytes(),
  width: image.width,
  height: image.height,
  channels: image.channels,
});

export const rasterOf = ({ data, width, height, channels }: Pixels): Raster =>
  new Raster(data, { width, height, channels: channels as RasterChannels });

/** Some channels, in the order given. */
export function channelsOf({ data, width, height, channels }: Pixels, wanted: readonly number[]): Pixels {
  const out = new Uint8Array(width * height * wanted.length);
  const stride = wanted.length;
  for (const [to, from] of wanted.entries())
    for (let at = 0; at < width * height; at++) out[at * stride + to] = data[at * channels + from]!;
  return { data: out, width, height, channels: wanted.length };
}

/** Three channels: grey is repeated, what shows through is white (`HWC3`). */
export function toRgb(image: Pixels): Pixels {
  if (image.channels === 3) return image;
  if (image.channels === 1) return channelsOf(image, [0, 0, 0]);
  const { data, width, height } = image;
  const out = new Uint8Array(width * height * 3);
  const { fround } = Math;
  for (let at = 0; at < width * height; at++) {
    const alpha = fround(data[at * 4 + 3]! / 255);
    for (let c = 0; c < 3; c++)
      out[at * 3 + c] = Math.min(255, fround(fround(data[at * 4 + c]! * alpha) + fround(255 * fround(1 - alpha))));
  }
  return { data: out, width, height, channels: 3 };
}
