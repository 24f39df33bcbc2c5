import { z } from 'zod';
import { picture } from './init-schema.js';

const side = z.number().int().min(1).max(16_384);

/** What is done to finished pictures, in the webui's order: enlarged, then faces. */
export const extrasSchema = z.strictObject({
  images: z.array(picture).min(1).max(1024).readonly().describe('Pictures; each is treated for itself'),
  scale: z.number().positive().max(64).default(2).describe('How many times as large; sides are rounded down to multiples of 8'),
  size: z
    .strictObject({ width: side, height: side, crop: z.boolean().default(true).describe('Cut off what is too wide or too high') })
    .optional()
    .describe('In place of scale: large enough to cover this size'),
  upscaler: z.string().default('None').describe('Upscaler by name; None: pictures keep their size'),
  secondUpscaler: z.string().default('None').describe('Another one, whose result is laid over that of the first'),
  secondVisibility: z.number().min(0).max(1).default(0).describe('How much of it is seen'),
  restorers: z
    .array(z.strictObject({ name: z.string(), visibility: z.number().min(0).max(1), weight: z.number().min(0).max(1).optional() }))
    .readonly()
    .default([])
    .describe('Face restorers by name; those of visibility 0 are left out'),
});

export type ExtrasInput = z.input<typeof extrasSchema>;
export type ExtrasRequest = z.output<typeof extrasSchema>;
