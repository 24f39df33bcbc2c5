import type { RequestInput } from '@armature/core';
import { z } from 'zod';
import type { ApiApp } from '../api-app.js';
import { jobStatus } from '../jobs/stored-job.js';
import type { ServerParts } from '../server-parts.js';
import { jobParams, jobSchema, jobView, submissionSchema } from './job-schemas.js';
import { problemSchema } from './problem-reply.js';

const headers = z.object({
  'idempotency-key': z.string().min(1).max(255).optional().describe('The same key and request give the same job'),
});
const query = z.object({
  status: jobStatus.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  offset: z.coerce.number().int().min(0).default(0),
});
const page = z.object({ total: z.int(), jobs: z.array(jobSchema) }).meta({ id: 'JobPage' });
const tags = ['jobs'];
const refusal = { 404: problemSchema, 422: problemSchema };

/** Submitting, listing and cancelling jobs. */
export function jobRoutes(app: ApiApp, { jobs }: ServerParts): void {
  const response = { 200: jobSchema, 202: jobSchema, 409: problemSchema, 422: problemSchema, 429: problemSchema, 507: problemSchema };
  app.post('/jobs', { schema: { tags, summary: 'Accepts a job', headers, body: submissionSchema, response } }, async (request, reply) => {
    const { body, ip } = request;
    const key = request.headers['idempotency-key'];
    const { job, isNew } = await jobs.submit({ ...body, request: body.request as RequestInput, key, client: ip });
    request.log.info({ job: job.id, isNew }, 'job accepted');
    return reply
      .code(isNew ? 202 : 200)
      .header('location', `/armature/v1/jobs/${job.id}`)
      .send(jobView(job));
  });

  app.get('/jobs', { schema: { tags, summary: 'The jobs, newest first', querystring: query, response: { 200: page } } }, (request) => {
    const { status, limit, offset } = request.query;
    const found = jobs
      .all()
      .filter((job) => status === undefined || job.status === status)
      .toSorted((a, b) => b.number - a.number);
    return { total: found.length, jobs: found.slice(offset, offset + limit).map(jobView) };
  });

  app.get(
    '/jobs/:id',
    { schema: { tags, summary: 'One job', params: jobParams, response: { 200: jobSchema, ...refusal } } },
    ({ params }) => jobView(jobs.get(params.id)),
  );

  app.delete(
    '/jobs/:id',
    { schema: { tags, summary: 'Cancels a job; an ended one stays', params: jobParams, response: { 200: jobSchema, ...refusal } } },
    async ({ params, log }) => {
      const job = await jobs.cancel(params.id);
      log.info({ job: job.id }, 'job cancelled');
      return jobView(job);
    },
  );
}
