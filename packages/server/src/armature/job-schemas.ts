import { generationRequestSchema } from '@armature/core';
import { z } from 'zod';
import { jobProblem, jobStatus, type StoredJob } from '../jobs/stored-job.js';

const base64 = z.string().min(1).describe('A PNG, JPEG or WebP file in base64, bare or as a data URL');
const init = generationRequestSchema.shape.init.unwrap();
const mask = init.shape.mask.unwrap();

/** A generation request as JSON has it. */
const requestSchema = generationRequestSchema
  .extend({
    init: init
      .extend({
        images: z.array(base64).min(1).max(64).readonly().describe('One picture, or one for each picture of the batch'),
        mask: mask.extend({ image: base64, latent: base64.optional() }).optional(),
      })
      .optional()
      .describe('Pictures to start from (image to image)'),
  })
  .meta({ id: 'GenerationRequest' });

export const submissionSchema = z
  .strictObject({
    request: requestSchema,
    priority: z.int().min(-100).max(100).default(0).describe('Higher ones come first'),
    save: z.boolean().default(false).describe("Save the pictures in the server's output folder too"),
  })
  .meta({ id: 'Submission' });

const time = z.iso.datetime();

/** A job as clients see it. */
export const jobSchema = z
  .object({
    id: z.uuid(),
    status: jobStatus,
    route: z.enum(['txt2img', 'img2img']),
    prompt: z.string().describe('Its beginning'),
    priority: z.int(),
    attempts: z.int().describe('Attempts begun; a job whose process dies is tried again'),
    save: z.boolean(),
    idempotencyKey: z.string().optional(),
    acceptedAt: time,
    startedAt: time.optional(),
    endedAt: time.optional(),
    images: z.int().optional().describe('Pictures of the result, once it is done'),
    error: jobProblem.optional(),
  })
  .meta({ id: 'Job' });

export function jobView(job: StoredJob): z.output<typeof jobSchema> {
  const { id, status, route, prompt, priority, attempts, save, key, acceptedAt, startedAt, endedAt, images, error } = job;
  const iso = (at: number | undefined): string | undefined => (at === undefined ? undefined : new Date(at).toISOString());
  return {
    id,
    status,
    route,
    prompt,
    priority,
    attempts,
    save,
    idempotencyKey: key,
    acceptedAt: new Date(acceptedAt).toISOString(),
    startedAt: iso(startedAt),
    endedAt: iso(endedAt),
    images,
    error,
  };
}

const timing = z.object({ extension: z.string(), hook: z.string(), calls: z.int(), milliseconds: z.number() });

export const resultSchema = z
  .object({
    images: z.array(
      z.object({
        kind: z.string(),
        width: z.int(),
        height: z.int(),
        seed: z.number(),
        subseed: z.number(),
        prompt: z.string(),
        negativePrompt: z.string(),
        infotext: z.string(),
        path: z.string().optional().describe('Below the output folder, where it was saved'),
        url: z.string().describe('Where the PNG is'),
      }),
    ),
    faults: z.array(z.object({ code: z.string(), extension: z.string(), hook: z.string(), step: z.int().optional(), message: z.string() })),
    timings: z.array(timing),
    seconds: z.record(z.string(), z.number()).describe('By stage, and in all'),
  })
  .meta({ id: 'Result' });

export const jobParams = z.object({ id: z.string().max(100) });
