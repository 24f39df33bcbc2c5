import { z } from 'zod';
import type { ApiApp } from '../api-app.js';
import type { ServerParts } from '../server-parts.js';
import { problemSchema } from './problem-reply.js';

const modelSchema = z
  .object({ kind: z.string(), name: z.string(), title: z.string(), shortHash: z.string().optional(), bytes: z.number() })
  .meta({ id: 'Model' });
const named = z.object({ id: z.string(), owner: z.string(), name: z.string() });
const style = z.object({ name: z.string(), prompt: z.string(), negativePrompt: z.string() });
const tags = ['catalogue'];

/** What can be picked by name. */
export function catalogueRoutes(app: ApiApp, { host }: ServerParts): void {
  const querystring = z.object({ kind: z.string().max(100).default('checkpoint').describe('Kind of model folder') });
  const models = z.object({ models: z.array(modelSchema) });
  app.get(
    '/models',
    { schema: { tags, summary: 'Model files of a kind', querystring, response: { 200: models, 422: problemSchema } } },
    async ({ query }) => ({
      models: (await host.models(query.kind)).map(({ kind, name, title, shortHash, bytes }) => ({ kind, name, title, shortHash, bytes })),
    }),
  );
  app.get('/samplers', { schema: { tags, summary: 'Samplers', response: { 200: z.object({ samplers: z.array(named) }) } } }, () => ({
    samplers: host
      .contributions('sampler')
      .filter(({ value }) => !value.hidden)
      .map(({ id, owner, value }) => ({ id, owner, name: value.name })),
  }));
  const schedulers = z.object({ schedulers: z.array(named.extend({ label: z.string() })) });
  app.get('/schedulers', { schema: { tags, summary: 'Noise schedules', response: { 200: schedulers } } }, () => ({
    schedulers: host.contributions('scheduler').map(({ id, owner, value }) => ({ id, owner, name: value.name, label: value.label })),
  }));
  const upscalers = z.object({ upscalers: z.array(named.extend({ scale: z.number() })) });
  app.get('/upscalers', { schema: { tags, summary: 'Upscalers', response: { 200: upscalers } } }, () => ({
    upscalers: host.contributions('upscaler').map(({ id, owner, value }) => ({ id, owner, name: value.name, scale: value.scale })),
  }));
  app.get(
    '/styles',
    { schema: { tags, summary: 'Styles', response: { 200: z.object({ styles: z.array(style) }), 422: problemSchema } } },
    async () => ({ styles: [...(await host.styles())] }),
  );
}
