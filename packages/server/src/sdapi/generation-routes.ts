import { encodePicture, type GeneratedImage, type GenerationResult, type Host, type PictureFormat } from '@armature/core';
import { HostError } from '@armature/sdk/host';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { ApiApp } from '../api-app.js';
import type { ServerParts } from '../server-parts.js';
import { type GenerationFields, type GenerationTab, generationSchemas, type SentFields } from './generation-fields.js';
import { processedInfo, toldFaults } from './processed-info.js';
import { inWebuiWords, type Prepared, prepareGeneration, runGeneration } from './run-generation.js';
import type { TaskBoard } from './task-board.js';

/** Loose: an extension may add to it (`api.response`). */
const answerSchema = z.looseObject({
  images: z.array(z.string()).describe('Base64: the grid first where there is one, each picture before its masks'),
  parameters: z.record(z.string(), z.unknown()).describe('The fields of the request'),
  info: z.string().describe('JSON: how the pictures were made'),
  armature: z.object({
    job: z.string(),
    seconds: z.number(),
    faults: z.array(z.object({ code: z.string(), extension: z.string(), hook: z.string(), message: z.string() })),
    notes: z.array(z.string()).describe('What was done otherwise than asked'),
  }),
});
type Answer = z.output<typeof answerSchema>;

/** Text and pictures → pictures, as the webui's API. The answer comes when the pictures are made. */
export function generationRoutes(app: ApiApp, parts: ServerParts, board: TaskBoard): void {
  app.addHook('preClose', (done) => {
    board.shut(new HostError('HOST_DISPOSED'));
    done();
  });
  route(app, parts, board, 'txt2img');
  route(app, parts, board, 'img2img');
}

function route(app: ApiApp, parts: ServerParts, board: TaskBoard, tab: GenerationTab): void {
  const schema = { body: generationSchemas[tab], response: { 200: answerSchema } };
  app.post(`/sdapi/v1/${tab}`, { schema }, (request, reply) => generate(parts, board, tab, request.body, reply));
}

async function generate(parts: ServerParts, board: TaskBoard, tab: GenerationTab, sent: SentFields, reply: FastifyReply): Promise<Answer> {
  const task = board.open(tab, sent.force_task_id ?? null);
  const leave = (): void => {
    if (!parts.options.keepJobs && !reply.raw.writableFinished) task.cancel(new Error('the client left'));
  };
  reply.raw.on('close', leave);
  try {
    const prepared = await prepareGeneration(parts, tab, sent, task.signal);
    const answer = (result: GenerationResult): Promise<Answer> => answerOf(parts.host, tab, prepared, result);
    // An extension may have added to it, or taken from it.
    return (await runGeneration(parts, task, prepared, answer)) as Answer;
  } catch (error) {
    throw inWebuiWords(error);
  } finally {
    board.close(task);
    reply.raw.off('close', leave);
  }
}

async function answerOf(host: Host, tab: GenerationTab, { told, fields, notes }: Prepared, result: GenerationResult): Promise<Answer> {
  const { facts, images, faults } = result;
  if (!facts) throw new HostError('JOB_CANCELLED');
  const encoded: string[] = [];
  for (const image of fields.send_images === false ? [] : images) encoded.push(await encode(host, image, facts.settings));
  return {
    images: encoded,
    parameters: parametersOf(tab, told),
    info: JSON.stringify(processedInfo(fields, result, facts, `Armature ${host.version}`)),
    armature: {
      job: result.job,
      seconds: result.seconds.total ?? 0,
      faults: toldFaults(faults),
      notes: [...notes],
    },
  };
}

function parametersOf(tab: GenerationTab, told: GenerationFields): Record<string, unknown> {
  const hidden = tab === 'img2img' && told.include_init_images !== true;
  return hidden ? { ...told, init_images: null, mask: null } : { ...told };
}

/** The file format is the stored option's, whatever the request says, as in the webui; the parameters are the request's. */
async function encode(host: Host, { image, infotext }: GeneratedImage, wanted: Readonly<Record<string, unknown>>): Promise<string> {
  const stored = host.settings();
  const { bytes } = await encodePicture(image, {
    format: stored.samples_format as PictureFormat,
    quality: Number(stored.jpeg_quality),
    lossless: stored.webp_lossless === true,
    parameters: wanted.enable_pnginfo === true && infotext !== '' ? infotext : undefined,
  });
  return Buffer.from(bytes).toString('base64');
}
