import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HostError } from '@armature/sdk/host';
import { z } from 'zod';
import type { ApiApp } from '../api-app.js';
import type { JobResult } from '../jobs/write-result.js';
import type { ServerParts } from '../server-parts.js';
import { jobParams, resultSchema } from './job-schemas.js';
import { problemSchema } from './problem-reply.js';

const imageParams = jobParams.extend({ index: z.coerce.number().int().min(0).max(100_000) });
const tags = ['jobs'];
const refusal = { 404: problemSchema, 409: problemSchema, 422: problemSchema };

/** What finished jobs have made, read from disk. */
export function resultRoutes(app: ApiApp, { jobs }: ServerParts): void {
  app.get(
    '/jobs/:id/result',
    { schema: { tags, summary: 'What a finished job has made', params: jobParams, response: { 200: resultSchema, ...refusal } } },
    async ({ params }) => {
      const { images, ...rest } = JSON.parse(await readFile(join(jobs.resultFolder(params.id), 'result.json'), 'utf8')) as JobResult;
      const url = (index: number): string => `/armature/v1/jobs/${params.id}/images/${index}`;
      return {
        ...rest,
        faults: [...rest.faults],
        timings: [...rest.timings],
        images: images.map((image, index) => ({ ...image, url: url(index) })),
      };
    },
  );

  app.get(
    '/jobs/:id/images/:index',
    { schema: { tags, summary: 'A picture of a finished job, PNG', params: imageParams, response: refusal } },
    async ({ params: { id, index } }, reply) => {
      const path = join(jobs.resultFolder(id), `${index}.png`);
      const found = await stat(path).catch(() => undefined);
      if (!found) throw new HostError('REQUEST_INVALID', { field: 'index', problem: `the job has no such picture`, seen: index });
      return reply
        .header('content-type', 'image/png')
        .header('content-length', found.size)
        .header('cache-control', 'private, immutable, max-age=31536000')
        .send(createReadStream(path) as never);
    },
  );
}
