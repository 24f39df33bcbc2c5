import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import type { ApiApp } from '../api-app.js';
import type { ServerOptions } from '../server-options.js';
import { errorReply } from './error-reply.js';
import { requireLogin } from './require-login.js';

/** Headers, limits and logins in front of every route, and what becomes of errors behind them. */
export async function guardRequests(app: ApiApp, options: ServerOptions): Promise<void> {
  const { corsOrigins, rateLimit: max } = options;
  await app.register(helmet, { contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } }, strictTransportSecurity: false });
  if (corsOrigins.length > 0) await app.register(cors, { origin: corsOrigins.includes('*') ? true : corsOrigins });
  if (max > 0) await app.register(rateLimit, { max, timeWindow: 60_000 });
  await requireLogin(app, options);
  app.addHook('onSend', async (_request, reply) => {
    reply.header('X-Process-Time', (reply.elapsedTime / 1000).toFixed(4));
  });
  app.setErrorHandler((error, request, reply) => {
    const { status, body } = errorReply(error, request.url);
    if (status >= 500) request.log.error(error);
    if (status === 429) reply.header('Retry-After', '5');
    return reply.code(status).send(body);
  });
}
