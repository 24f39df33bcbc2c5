import { z } from 'zod';
import { hiresSchema, refinerSchema } from './hires-schema.js';
import { initSchema } from './init-schema.js';

const seed = z.number().int().min(-1).max(Number.MAX_SAFE_INTEGER);

/**
 * A generation request. Command-line flags, their help and the API's documentation are made from this schema.
 * Sizes are checked at admission, where the model's latent grid is known.
 */
export const generationRequestSchema = z.strictObject({
  prompt: z.string().max(100_000).describe('What the picture should show'),
  negativePrompt: z.string().max(100_000).default('').describe('What it should not show'),
  styles: z.array(z.string().max(1000)).max(100).readonly().default([]).describe('Styles by name, applied in this order'),
  seed: seed.default(-1).describe('Seed of the first picture; -1 draws one'),
  subseed: seed.default(-1).describe('Variation seed; -1 draws one'),
  subseedStrength: z.number().min(0).max(1).default(0).describe('Share of the variation seed, 0 to 1'),
  seedResizeFromWidth: z.number().int().min(-1).max(16_384).default(-1).describe('Width the seed was first used at; -1: off'),
  seedResizeFromHeight: z.number().int().min(-1).max(16_384).default(-1).describe('Height the seed was first used at; -1: off'),
  steps: z.number().int().min(1).max(10_000).default(20).describe('Sampling steps'),
  cfgScale: z.number().min(0).max(1000).default(7).describe('How strongly the prompt guides the picture'),
  width: z.number().default(512).describe('Width in pixels'),
  height: z.number().default(512).describe('Height in pixels'),
  sampler: z.string().default('Euler').describe('Sampler name'),
  scheduler: z.string().default('Automatic').describe('Noise schedule; Automatic: the one that suits the sampler'),
  batchSize: z.number().int().min(1).max(64).default(1).describe('Pictures made together'),
  iterations: z.number().int().min(1).max(1000).default(1).describe('Batches made one after the other'),
  model: z.string().default('').describe('Checkpoint by name, title, hash or file name'),
  hires: hiresSchema.optional().describe('A second run at a larger size (hires fix)'),
  refiner: refinerSchema.optional().describe('A checkpoint that takes over while sampling'),
  init: initSchema.optional().describe('Pictures to start from (image to image)'),
  script: z
    .strictObject({
      name: z.string().min(1).max(200).describe('Its name, `X/Y/Z plot`'),
      args: z
        .union([z.record(z.string(), z.unknown()), z.array(z.unknown()).max(1000).readonly()])
        .default({})
        .describe('By name, or in its order'),
    })
    .optional()
    .describe('A script that makes the pictures'),
  settings: z.record(z.string(), z.unknown()).default({}).describe('Options for this request only, by their webui names'),
  extensions: z.record(z.string(), z.record(z.string(), z.unknown())).default({}).describe('Arguments of extensions, by extension id'),
  strict: z.boolean().default(false).describe('Fail when an extension fails, instead of going on without it'),
});

export type RequestInput = z.input<typeof generationRequestSchema>;
/** A checked request whose pictures are not decoded yet. */
export type RequestOutput = z.output<typeof generationRequestSchema>;
