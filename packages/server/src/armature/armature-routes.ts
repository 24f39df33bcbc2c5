import type { HostError } from '@armature/sdk/host';
import type { ApiApp } from '../api-app.js';
import type { ServerParts } from '../server-parts.js';
import { catalogueRoutes } from './catalogue-routes.js';
import { eventRoutes } from './event-routes.js';
import { extensionRoutes } from './extension-routes.js';
import { jobRoutes } from './job-routes.js';
import { problemReply } from './problem-reply.js';
import { readyRoute } from './ready-route.js';
import { resultRoutes } from './result-routes.js';
import { settingsRoutes } from './settings-routes.js';

/** `/armature/v1`: the program's own API, typed throughout. Its errors are RFC 9457 problems. */
export async function armatureRoutes(app: ApiApp, parts: ServerParts): Promise<void> {
  readyRoute(app, parts);
  await app.register(
    async (scope: ApiApp) => {
      scope.setErrorHandler((error, request, reply) => {
        const problem = problemReply(error);
        if (problem.status >= 500) request.log.error(error);
        if (problem.code === 'JOBS_FULL') reply.header('retry-after', String((error as HostError).data.seconds));
        return reply.code(problem.status).header('content-type', 'application/problem+json').send(JSON.stringify(problem));
      });
      for (const add of [jobRoutes, resultRoutes, eventRoutes, extensionRoutes, catalogueRoutes, settingsRoutes]) add(scope, parts);
      scope.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
    },
    { prefix: '/armature/v1' },
  );
}
