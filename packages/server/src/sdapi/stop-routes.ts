import type { ApiApp } from '../api-app.js';
import type { ServerParts } from '../server-parts.js';

/** Ends the server, where whoever runs it allows that; a restart is theirs (501, as the webui without its launcher). */
export function stopRoutes(app: ApiApp, { stop }: ServerParts): void {
  if (!stop) return;
  for (const path of ['stop', 'kill']) {
    app.post(`/sdapi/v1/server-${path}`, (_request, reply) => {
      reply.raw.once('finish', stop);
      return reply.type('text/plain').send('Stopping.');
    });
  }
  app.post('/sdapi/v1/server-restart', (_request, reply) => reply.code(501).send());
}
