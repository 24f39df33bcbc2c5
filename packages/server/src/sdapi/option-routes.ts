import { z } from 'zod';
import type { ApiApp } from '../api-app.js';
import type { ServerParts } from '../server-parts.js';
import { answerNull } from './answer-null.js';

const options = z.record(z.string(), z.unknown());

/** Options, read and changed. */
export function optionRoutes(app: ApiApp, { store }: ServerParts): void {
  app.get('/sdapi/v1/options', { schema: { response: { 200: options } } }, async () => ({ ...(await store.all()) }));
  app.post('/sdapi/v1/options', { schema: { body: options } }, async (request, reply) => {
    await store.change(request.body);
    return answerNull(reply);
  });
}
