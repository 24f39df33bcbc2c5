import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer, type Server } from '@armature/server';
import { createTestHost } from '@armature/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstPartyExtensions } from '../../packages/cli/src/host/first-party-extensions.js';
import { decodeImage } from '../../packages/core/src/image/index.js';
import { answerDifferences } from './answer-differences.js';
import { ignoredAnswers, pendingRoutes } from './ignored-answers.js';
import { likenessOf } from './likeness.js';

interface HttpCase {
  readonly name: string;
  readonly endpoint: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly status: number;
  readonly images: readonly string[];
  readonly response: Readonly<Record<string, unknown>>;
}

const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;

/** Compares recorded answers over HTTP: `open` holds the groups, `inputs` what requests name. `whole`: the recorded models are all there. */
export function checkHttp(
  title: string,
  place: { readonly models: readonly string[]; readonly open: string; readonly inputs: string; readonly whole: boolean },
): void {
  describe(title, () => {
    let server: Server;
    const closing: (() => Promise<void>)[] = [];
    beforeAll(async () => {
      const settings = { sd_model_checkpoint: 'tiny-random-sd1', randn_source: 'CPU', live_previews_enable: false, grid_save: false };
      const host = await createTestHost({ models: place.models, settings, extensions: firstPartyExtensions() });
      closing.push(() => host.dispose());
      server = await createServer({ host, options: { port: 0, allowStop: true }, stop: () => undefined });
      closing.push(() => server.close());
      // Widths of embeddings are known once a model is.
      await host.txt2img({ prompt: '', steps: 1, width: 64, height: 64 });
    });
    afterAll(async () => {
      for (const close of closing.reverse()) await close();
    });
    for (const group of ['13_extras', '14_png_info', '23_errors']) {
      const isOurs = (file: string): boolean =>
        file.endsWith('.json') && !/2img$/.test(readJson<HttpCase>(join(place.open, group, file)).endpoint);
      const names = readdirSync(join(place.open, group)).filter(isOurs);
      it.each(names)(`${group} %s`, async (file) =>
        checkCase(server, join(place.open, group), readJson(join(place.open, group, file)), place.inputs),
      );
    }
    const routes = readdirSync(join(place.open, 'api_get')).filter(
      (file) => !['routes.json', 'openapi.json', 'options_defaults.json'].includes(file),
    );
    it.each(routes)('GET %s', async (file) => {
      const route = file.replace('.json', '');
      const answer = await server.inject({ url: `/sdapi/v1/${route}` });
      if (answer.statusCode === 404 && route in pendingRoutes) return;
      expect(answer.statusCode).toBe(200);
      const recorded = readJson<unknown>(join(place.open, 'api_get', file));
      const ignored = {
        ...ignoredAnswers[route],
        ...(!place.whole &&
          ['hypernetworks', 'sd-models', 'sd-vae', 'embeddings', 'loras'].includes(route) && { '*': 'part of the models' }),
      };
      expect(answerDifferences(answer.json(), recorded, ignored)).toEqual([]);
    });
    it('has every route of the webui in its document', async () => {
      const { paths } = (await server.inject({ url: '/openapi.json' })).json<{ paths: Record<string, Record<string, unknown>> }>();
      const ours = new Set(
        Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`)),
      );
      expect(
        recordedRoutes(place.open).filter(
          (route) => !ours.has(route) && !Object.keys(pendingRoutes).some((name) => route.endsWith(`/${name}`)),
        ),
      ).toEqual([]);
    });
  });
}

function recordedRoutes(open: string): readonly string[] {
  const short = join(open, 'api_get/routes.json');
  if (existsSync(short)) return readJson(short);
  const { paths } = readJson<{ paths: Record<string, Record<string, unknown>> }>(join(open, 'api_get/openapi.json'));
  return Object.entries(paths)
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
    .filter((route) => route.includes('/sdapi/'));
}

async function checkCase(server: Server, folder: string, recorded: HttpCase, inputs: string): Promise<void> {
  const answer = await server.inject({ method: 'POST', url: recorded.endpoint, payload: withFiles(recorded.request, inputs) as object });
  expect(answer.statusCode).toBe(recorded.status);
  const { image, images = image === undefined ? [] : [image], ...rest } = answer.json<{ image?: string; images?: string[] }>();
  // Errors also say what this host says.
  if (recorded.status === 200) expect(rest).toEqual(recorded.response);
  else expect(rest).toMatchObject(recorded.response);
  expect(images).toHaveLength(recorded.images.length);
  for (const [index, file] of recorded.images.entries()) {
    const wanted = await decodeImage(readFileSync(join(folder, file)));
    const made = await decodeImage(Buffer.from(images[index] as string, 'base64'));
    expect([made.width, made.height, made.channels]).toEqual([wanted.width, wanted.height, wanted.channels]);
    expect(likenessOf(made, wanted).psnr).toBeGreaterThan(60);
  }
}

/** Files in place of their names. */
function withFiles(value: unknown, folder: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withFiles(item, folder));
  if (typeof value !== 'object' || value === null) return value;
  if ('$b64' in value) return readFileSync(join(folder, String(value.$b64).replace(/^inputs\//, ''))).toString('base64');
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withFiles(inner, folder)]));
}
