import { latentUpscaleModes } from '@armature/core';
import { z } from 'zod';
import type { ApiApp } from '../api-app.js';
import type { ServerParts } from '../server-parts.js';
import { flags } from './flags.js';
import { modelLists } from './model-lists.js';
import { samplerItem } from './sampler-item.js';
import { schedulerItem } from './scheduler-item.js';

const text = z.string().nullable();
const samplers = z.array(z.object({ name: z.string(), aliases: z.array(z.string()), options: z.record(z.string(), z.string()) }));
const schedulers = z.array(
  z.object({
    name: z.string(),
    label: z.string(),
    aliases: z.array(z.string()).nullable(),
    default_rho: z.number(),
    need_inner_model: z.boolean(),
  }),
);
const upscalers = z.array(z.object({ name: z.string(), model_name: text, model_path: text, model_url: text, scale: z.number() }));
const styles = z.array(z.object({ name: z.string(), prompt: z.string(), negative_prompt: z.string() }));
const extensions = z.array(
  z.object({
    name: z.string(),
    remote: z.string(),
    branch: z.string(),
    commit_hash: z.string(),
    version: z.string(),
    commit_date: z.string(),
    enabled: z.boolean(),
  }),
);

/** Everything that can be picked by name, as the webui lists it. */
export function listRoutes(app: ApiApp, parts: ServerParts): void {
  const { host, options } = parts;
  const values = <K extends Parameters<typeof host.contributions>[0]>(kind: K) => host.contributions(kind).map(({ value }) => value);
  app.get('/sdapi/v1/samplers', { schema: { response: { 200: samplers } } }, () =>
    values('sampler')
      .filter(({ hidden }) => !hidden)
      .map(samplerItem),
  );
  app.get('/sdapi/v1/schedulers', { schema: { response: { 200: schedulers } } }, () =>
    [{ name: 'automatic', label: 'Automatic' }, ...values('scheduler')].map(schedulerItem),
  );
  app.get('/sdapi/v1/upscalers', { schema: { response: { 200: upscalers } } }, async () =>
    (await host.upscalers()).map(({ value: { name, scale } }) => ({ name, model_name: null, model_path: null, model_url: null, scale })),
  );
  const modes = z.array(z.object({ name: z.string() }));
  app.get('/sdapi/v1/latent-upscale-modes', { schema: { response: { 200: modes } } }, () =>
    Object.keys(latentUpscaleModes).map((name) => ({ name })),
  );
  app.get('/sdapi/v1/prompt-styles', { schema: { response: { 200: styles } } }, async () => [
    { name: 'None', prompt: '', negative_prompt: '' },
    ...(await host.styles()).map(({ name, prompt, negativePrompt }) => ({ name, prompt, negative_prompt: negativePrompt })),
  ]);
  app.get('/sdapi/v1/extensions', { schema: { response: { 200: extensions } } }, () =>
    host.extensions().map(({ id, version, state }) => ({
      name: id,
      remote: '',
      branch: '',
      commit_hash: '',
      version: version ?? '',
      commit_date: '',
      enabled: state === 'active',
    })),
  );
  app.get('/sdapi/v1/cmd-flags', { schema: { response: { 200: z.record(z.string(), z.unknown()) } } }, () => ({ ...flags(options) }));
  modelLists(app, parts);
}
