import { type Raster, Tensor } from '@armature/sdk';
import { owned, pixelsOf } from '@armature/sdk/internal';
import { inSlices } from './in-slices.js';

/** 2 · (value / 255) − 1 for each byte, every step rounded to float32 as the reference's. */
const LEVELS = Float32Array.from({ length: 256 }, (_, value) => 2 * Math.fround(value / 255) - 1);

/** A picture as what the autoencoder takes: [1, 3, height, width], −1…1; grey is repeated, alpha is left out. */
export async function toPlanes(image: Raster): Promise<Tensor> {
  const { width, height, channels } = image;
  const pixels = pixelsOf(image);
  const plane = width * height;
  const data = new Float32Array(plane * 3);
  await inSlices(plane, (start, end) => {
    for (let rgb = 0; rgb < 3; rgb++) {
      const channel = channels === 1 ? 0 : rgb;
      for (let i = start; i < end; i++) data[rgb * plane + i] = LEVELS[pixels[i * channels + channel] as number] as number;
    }
  });
  return new Tensor(owned(data), [1, 3, height, width]);
}
