import { isRaster, type Raster } from '@armature/sdk';
import { z } from 'zod';

/** A picture as a request may give it: pixels, the bytes of a file, or such bytes in base64 (bare or as a data URL). */
export type PictureInput = Raster | Uint8Array | string;

export const picture = z.custom<PictureInput>(
  (value) => isRaster(value) || value instanceof Uint8Array || typeof value === 'string',
  'a picture is a Raster, the bytes of a PNG, JPEG or WebP file, or those in base64',
);

/** The part of the given pictures that is painted anew. */
const maskSchema = z.strictObject({
  image: picture.describe('Mask picture: white, or what is opaque, is painted anew'),
  latent: picture.optional().describe('What is sampled anew where that is another part; not blurred, of the size of the request'),
  blurX: z.number().min(0).max(256).default(4).describe('Blur of the mask from left to right, pixels'),
  blurY: z.number().min(0).max(256).default(4).describe('Blur of the mask from top to bottom, pixels'),
  round: z.boolean().default(true).describe('Make the mask black and white on the latent grid; off: a soft mask'),
  invert: z.boolean().default(false).describe('Paint the black part anew instead'),
  content: z
    .enum(['fill', 'original', 'latent noise', 'latent nothing'])
    .default('original')
    .describe('What stands under the mask before sampling'),
  area: z.enum(['whole', 'masked']).default('whole').describe('masked: make only the box around the mask, at full size'),
  padding: z.number().int().min(0).max(1024).default(32).describe('Pixels around that box'),
});

/** What an image-to-image request starts from. */
export const initSchema = z.strictObject({
  images: z.array(picture).min(1).max(64).readonly().describe('One picture, or one for each picture of the batch'),
  denoisingStrength: z.number().min(0).max(1).default(0.75).describe('How far the picture may change, 0 to 1'),
  resizeMode: z
    .enum(['stretch', 'crop', 'fill', 'latent'])
    .default('stretch')
    .describe('How a picture of another size is fitted; latent: resized after encoding'),
  imageCfgScale: z.number().min(0).max(100).optional().describe('How strongly the picture guides instruct-pix2pix checkpoints'),
  mask: maskSchema.optional(),
});
