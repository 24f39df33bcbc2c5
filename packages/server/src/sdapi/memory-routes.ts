import { freemem, totalmem } from 'node:os';
import { z } from 'zod';
import type { ApiApp } from '../api-app.js';
import type { ServerParts } from '../server-parts.js';
import { answerNull } from './answer-null.js';

const memory = z.object({
  ram: z.object({ free: z.number(), used: z.number(), total: z.number() }),
  cuda: z.object({ error: z.string() }),
});

/** Memory of the machine, models given back, folders looked at anew. */
export function memoryRoutes(app: ApiApp, { host }: ServerParts): void {
  // What a device of its own has is known to the runtime alone, and it does not tell.
  app.get('/sdapi/v1/memory', { schema: { response: { 200: memory } } }, () => ({
    ram: { free: freemem(), used: totalmem() - freemem(), total: totalmem() },
    cuda: { error: 'unavailable' },
  }));
  const nothing = { schema: { response: { 200: z.object({}) } } };
  app.post('/sdapi/v1/unload-checkpoint', nothing, async () => {
    await host.unload();
    return {};
  });
  // The next job loads it, as every job loads what it needs.
  app.post('/sdapi/v1/reload-checkpoint', nothing, () => ({}));
  for (const [path, kind] of Object.entries({ embeddings: 'embedding', checkpoints: 'checkpoint', vae: 'vae' })) {
    app.post(`/sdapi/v1/refresh-${path}`, async (_request, reply) => {
      await host.refresh(kind);
      return answerNull(reply);
    });
  }
}
