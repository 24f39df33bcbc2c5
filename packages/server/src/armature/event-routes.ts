import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { ApiApp } from '../api-app.js';
import type { EventListener } from '../jobs/job-events.js';
import { hasEnded } from '../jobs/stored-job.js';
import type { ServerParts } from '../server-parts.js';
import { EventStream } from './event-stream.js';
import { jobParams, jobView } from './job-schemas.js';
import { problemSchema } from './problem-reply.js';

const querystring = z.object({ previews: z.enum(['true', 'false']).default('false').describe('Send rough pictures too (PNG, base64)') });
const headers = z.object({ 'last-event-id': z.string().max(100).optional().describe('Go on behind this event') });
const tags = ['jobs'];
const about = 'text/event-stream of state, queued, started, progress, preview, fault, requeued and end';

interface Following {
  readonly job: string | undefined;
  readonly previews: boolean;
  readonly after: string | undefined;
}

/** Events of one job, and of all. */
export function eventRoutes(app: ApiApp, parts: ServerParts): void {
  const streams = new Set<EventStream>();
  app.addHook('preClose', async () => {
    for (const stream of streams) stream.end();
  });
  app.get(
    '/jobs/:id/events',
    { schema: { tags, summary: about, params: jobParams, querystring, headers, response: { 404: problemSchema } } },
    (request, reply) => {
      const job = parts.jobs.get(request.params.id).id;
      follow(parts, streams, reply, { job, previews: request.query.previews === 'true', after: request.headers['last-event-id'] });
    },
  );
  app.get('/events', { schema: { tags, summary: `${about}, of every job`, querystring, headers } }, (request, reply) => {
    const previews = request.query.previews === 'true';
    follow(parts, streams, reply, { job: undefined, previews, after: request.headers['last-event-id'] });
  });
}

function follow({ jobs, options }: ServerParts, streams: Set<EventStream>, reply: FastifyReply, { job, previews, after }: Following): void {
  const stream = new EventStream(options.heartbeat);
  streams.add(stream);
  const listener: EventListener = {
    job,
    previews,
    heard(event) {
      stream.send(event);
      if (job !== undefined && event.type === 'end') stream.end();
    },
  };
  let stop = after === undefined ? undefined : jobs.events.resume(listener, after);
  if (!stop) {
    stream.state(
      job === undefined
        ? {
            jobs: jobs
              .all()
              .filter((each) => !hasEnded(each))
              .map(jobView),
          }
        : jobView(jobs.get(job)),
    );
    stop = jobs.events.listen(listener);
  }
  const unlisten = stop;
  stream.onClose(() => {
    unlisten();
    streams.delete(stream);
  });
  if (job !== undefined && hasEnded(jobs.get(job))) stream.end();
  // A connection that is kept would hold a server that stops.
  const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', connection: 'close' };
  void reply.headers(headers).send(stream.body);
}
