import { settingsSchema } from '@armature/core';
import type { ApiApp } from '../api-app.js';
import { webuiOptions } from '../options/webui-options.js';
import { answerNull } from '../sdapi/answer-null.js';
import type { ServerParts } from '../server-parts.js';
import { docsPage } from './docs-page.js';
import { openApiDocument } from './open-api-document.js';
import { systemInfo } from './system-info.js';

/** Routes that the webui has beside its API: clients ask them to see what is there. None of them changes anything. */
export function webuiRoutes(app: ApiApp, parts: ServerParts): void {
  const { host } = parts;
  const hidden = { schema: { hide: true } };
  const document = () => openApiDocument(parts.openApi(), host.contributions('route'));
  app.get('/openapi.json', hidden, () => document());
  app.get('/docs', hidden, (_request, reply) => reply.type('text/html; charset=utf-8').send(docsPage(document())));
  app.get('/internal/quicksettings-hint', hidden, () => Object.keys(webuiOptions).map((name) => ({ name, label: labelOf(name) })));
  app.get('/internal/profile-startup', hidden, () => ({ total: 0, records: {} }));
  app.get('/internal/sysinfo', hidden, async (_request, reply) =>
    reply.type('text/plain; charset=utf-8').send(JSON.stringify(await systemInfo(parts), undefined, 4)),
  );
  gradioProbes(app);
}

/** What a client of the page's framework asks first; there is no such page, so its lists are empty. */
function gradioProbes(app: ApiApp): void {
  const hidden = { schema: { hide: true } };
  const page = { version: '3.41.2', mode: 'blocks', dev_mode: false, title: 'Stable Diffusion', is_space: false, enable_queue: false };
  app.get('/config', hidden, () => ({ ...page, components: [], layout: { id: 0, children: [] }, dependencies: [], css: null, js: null }));
  app.get('/info', hidden, () => ({ named_endpoints: {}, unnamed_endpoints: {} }));
  app.get('/user', hidden, (_request, reply) => answerNull(reply));
  app.get('/token', hidden, () => ({ token: null }));
  app.get('/app_id', hidden, () => ({ app_id: appId }));
  app.get('/startup-events', hidden, () => true);
  app.get('/queue/status', hidden, () => ({
    msg: 'estimation',
    rank: null,
    queue_size: 0,
    avg_event_process_time: null,
    avg_event_concurrent_process_time: null,
    rank_eta: null,
    queue_eta: 0,
  }));
}

/** Another one after each start, so that a page knows of it. */
const appId = Math.floor(Math.random() * 2 ** 53);

const labels = settingsSchema.shape as Readonly<Record<string, { readonly description?: string | undefined } | undefined>>;
const labelOf = (name: string): string => labels[name]?.description ?? name;
