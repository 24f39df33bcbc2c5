import { z } from 'zod';

const side = z.number().int().min(0).max(16_384).default(0);

/** The second run of a text-to-image request at a larger size. */
export const hiresSchema = z.strictObject({
  scale: z.number().min(0.1).max(16).default(2).describe('Factor on the size of the picture'),
  width: side.describe('Width of the larger picture in pixels; 0: from the height or the factor'),
  height: side.describe('Height of the larger picture in pixels; 0: from the width or the factor'),
  upscaler: z.string().default('Latent').describe('Latent mode or upscaler between the two runs'),
  denoisingStrength: z.number().min(0).max(1).default(0.75).describe('How far the larger picture may change, 0 to 1'),
  steps: z.number().int().min(0).max(10_000).default(0).describe('Sampling steps of the second run; 0: as many as the first'),
  cfgScale: z.number().min(0).max(1000).default(0).describe('Guidance of the second run; 0: as the first'),
  sampler: z.string().default('').describe('Sampler of the second run; empty: the same'),
  scheduler: z.string().default('').describe('Noise schedule of the second run; empty: the same'),
  model: z.string().default('').describe('Checkpoint of the second run; empty: the same'),
  prompt: z.string().max(100_000).default('').describe('Prompt of the second run; empty: the same'),
  negativePrompt: z.string().max(100_000).default('').describe('Negative prompt of the second run; empty: the same'),
});

/** Another checkpoint that takes over while a picture is sampled. */
export const refinerSchema = z.strictObject({
  model: z.string().min(1).describe('Checkpoint that takes over'),
  switchAt: z.number().min(0).max(1).default(0.8).describe('Share of the run after which it takes over'),
});
