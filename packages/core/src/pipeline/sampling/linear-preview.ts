import { type Latent, type LatentColours, Raster } from '@armature/sdk';
import { viewOf } from '@armature/sdk/internal';
import { z } from 'zod';

/** RGB in −1…1 as a linear function of the latent's channels: `factors[channel][rgb]` and a bias. */
export const linearPreviewSchema = z.object({
  factors: z.array(z.array(z.number()).length(3)).min(1).max(64),
  bias: z.array(z.number()).length(3),
});
export type LinearPreview = LatentColours;

/** The reference's cheap approximation for SD 1.x (`sd_vae_approx.cheap_approximation`). */
export const sd1LinearPreview: LinearPreview = {
  factors: [
    [0.298, 0.207, 0.208],
    [0.187, 0.286, 0.173],
    [-0.158, 0.189, 0.264],
    [-0.184, -0.271, -0.473],
  ],
  bias: [0, 0, 0],
};

/** A picture of the latent's first row, one pixel a latent cell. */
export function previewLatent(latent: Latent, preview: LinearPreview): Raster {
  const { width, height } = latent;
  const plane = width * height;
  const source = viewOf(latent);
  const out = new Uint8ClampedArray(plane * 3);
  for (let i = 0; i < plane; i++) {
    for (let rgb = 0; rgb < 3; rgb++) {
      let sum = preview.bias[rgb] ?? 0;
      for (let channel = 0; channel < Math.min(latent.channels, preview.factors.length); channel++) {
        sum += (source[channel * plane + i] as number) * (preview.factors[channel]?.[rgb] ?? 0);
      }
      out[i * 3 + rgb] = ((sum + 1) / 2) * 255;
    }
  }
  return new Raster(out, { width, height, channels: 3 });
}
