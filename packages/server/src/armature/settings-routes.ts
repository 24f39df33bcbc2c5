import { z } from 'zod';
import type { ApiApp } from '../api-app.js';
import type { ServerParts } from '../server-parts.js';
import { problemSchema } from './problem-reply.js';

const values = z.record(z.string(), z.unknown()).describe('By webui name; see docs/settings.md');
const tags = ['settings'];

/** The options that jobs are accepted with. */
export function settingsRoutes(app: ApiApp, { host, store }: ServerParts): void {
  app.get('/settings', { schema: { tags, summary: 'All options', response: { 200: values } } }, () => ({ ...host.settings() }));
  app.patch(
    '/settings',
    {
      schema: {
        tags,
        summary: 'Changes options for jobs accepted from now on, and keeps them',
        body: values,
        response: { 200: values, 422: problemSchema },
      },
    },
    async ({ body }) => {
      await store.changeSettings(body);
      return { ...host.settings() };
    },
  );
}
