import { basename } from 'node:path';
import { z } from 'zod';
import type { ApiApp } from '../api-app.js';
import type { ServerParts } from '../server-parts.js';

const text = z.string().nullable();
const checkpoints = z.array(
  z.object({ title: z.string(), model_name: z.string(), hash: text, sha256: text, filename: z.string(), config: text }),
);
const vaes = z.array(z.object({ model_name: z.string(), filename: z.string() }));
const hypernetworks = z.array(z.object({ name: z.string(), path: z.string() }));
const restorers = z.array(z.object({ name: z.string(), cmd_dir: text }));
const realesrgan = z.array(z.object({ name: z.string(), path: text, scale: z.number().nullable() }));

/** Model files by kind. What the webui would download first is not listed: it is not here. */
export function modelLists(app: ApiApp, { host }: ServerParts): void {
  app.get('/sdapi/v1/sd-models', { schema: { response: { 200: checkpoints } } }, async () =>
    (await host.models()).map(({ title, name, shortHash, hash, path, config }) => ({
      title,
      model_name: name,
      hash: shortHash ?? null,
      sha256: hash ?? null,
      filename: path,
      config: config ?? null,
    })),
  );
  app.get('/sdapi/v1/sd-vae', { schema: { response: { 200: vaes } } }, async () =>
    (await host.models('vae')).map(({ path }) => ({ model_name: basename(path), filename: path })),
  );
  app.get('/sdapi/v1/hypernetworks', { schema: { response: { 200: hypernetworks } } }, async () =>
    (await host.models('hypernetwork')).map(({ name, path }) => ({ name, path })),
  );
  app.get('/sdapi/v1/face-restorers', { schema: { response: { 200: restorers } } }, () => []);
  app.get('/sdapi/v1/realesrgan-models', { schema: { response: { 200: realesrgan } } }, async () =>
    // Nobody knows the kind where no extension brings its upscalers.
    (await host.models('realesrgan').catch(() => [])).map(({ name, path }) => ({ name, path, scale: null })),
  );
}
