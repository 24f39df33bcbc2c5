import { type Raster, Tensor } from '@armature/sdk';
import { owned, pixelsOf } from '@armature/sdk/internal';
import { inSlices } from './in-slices.js';

/** value / 255 for each byte, and 2 · that − 1; every step rounded to float32 as the reference's. */
const UNIT = Float32Array.from({ length: 256 }, (_, value) => value / 255);
const SIGNED = UNIT.map((value) => 2 * value - 1);

/**
 * A picture as what the autoencoder takes: [1, 3, height, width], −1…1; grey is repeated, alpha is left out. `unit`: 0…1.
 */
export async function toPlanes(image: Raster, { unit = false }: { readonly unit?: boolean } = {}): Promise<Tensor> {
  const levels = unit ? UNIT : SIGNED;
  const { width, height, channels } = image;
  const pixels = pixelsOf(image);
  const plane = width * height;
  const data = new Float32Array(plane * 3);
  await inSlices(plane, (start, end) => {
    for (let rgb = 0; rgb < 3; rgb++) {
      const channel = channels === 1 ? 0 : rgb;
      for (let i = start; i < end; i++) data[rgb * plane + i] = levels[pixels[i * channels + channel] as number] as number;
    }
  });
  return new Tensor(owned(data), [1, 3, height, width]);
}
