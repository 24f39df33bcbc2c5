import { isHostError } from '@armature/sdk';
import { z } from 'zod';
import type { ApiApp } from '../api-app.js';
import type { ServerParts } from '../server-parts.js';

const ready = z.object({ status: z.literal('ready'), device: z.string() });
const unready = z.object({ status: z.literal('not ready'), code: z.string() });

/** Whether jobs can be made: the host is open and its runtime runs, or could be started just now. */
export function readyRoute(app: ApiApp, { host }: ServerParts): void {
  app.get('/ready', { schema: { response: { 200: ready, 503: unready } } }, async (_request, reply) => {
    try {
      return { status: 'ready' as const, device: (await host.runtime()).device };
    } catch (error) {
      return reply.code(503).send({ status: 'not ready', code: isHostError(error) ? error.code : 'INTERNAL' });
    }
  });
}
