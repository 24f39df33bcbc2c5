import { z } from 'zod';
import type { ApiApp } from '../api-app.js';
import type { ServerParts } from '../server-parts.js';

/** What clients ask to see whether a webui is there. */
export function livenessRoutes(app: ApiApp, { host }: ServerParts): void {
  app.get('/internal/ping', { schema: { response: { 200: z.object({}) } } }, () => ({}));
  app.get('/health', { schema: { response: { 200: z.object({ status: z.literal('ok'), version: z.string() }) } } }, () => ({
    status: 'ok' as const,
    version: host.version,
  }));
}
