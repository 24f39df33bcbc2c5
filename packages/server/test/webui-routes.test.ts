import { defineExtension } from '@armature/sdk';
import { createServer, type Server, type ServerOptionsInput } from '@armature/server';
import { createTestHost, inlineExtension } from '@armature/testing';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterEach, expect, it, vi } from 'vitest';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(options: ServerOptionsInput = {}, stop?: () => void): Promise<Server> {
  const brighter = defineExtension({
    setup({ contribute }) {
      contribute.upscaler({ name: 'Same', scale: 1, upscale: async (image) => image });
      contribute.route({ name: 'GET /sdapi/v1/things/:name', handle: () => Response.json([]) });
    },
  });
  const host = await createTestHost({ extensions: [inlineExtension('test.things', brighter)] });
  closing.push(() => host.dispose());
  const server = await createServer({ host, options: { port: 0, ...options }, ...(stop && { stop }) });
  closing.push(() => server.close());
  return server;
}

const post = (server: Server, url: string, payload: object = {}) => server.inject({ method: 'POST', url: `/sdapi/v1/${url}`, payload });

it('answers what clients ask to see whether a webui is there', async () => {
  const server = await open();
  for (const url of ['/config', '/info', '/user', '/token', '/app_id', '/startup-events', '/queue/status', '/internal/sysinfo']) {
    const answer = await server.inject({ url });
    expect([url, answer.statusCode]).toEqual([url, 200]);
    expect(() => JSON.parse(answer.body)).not.toThrow();
  }
  expect((await server.inject({ url: '/internal/quicksettings-hint' })).json()).toContainEqual({
    name: 'localization',
    label: 'localization',
  });
});

it('describes itself by a valid document and a page without scripts', async () => {
  const server = await open();
  const document = (await server.inject({ url: '/openapi.json' })).json<{ openapi: string; paths: Record<string, unknown> }>();
  const { valid, errors } = await new Validator().validate(document);
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.paths)).toContain('/sdapi/v1/things/{name}');
  const page = await server.inject({ url: '/docs' });
  expect(page.headers['content-type']).toContain('text/html');
  expect(page.body).toContain('/sdapi/v1/things/{name}');
  expect(page.body).not.toMatch(/<script|https?:\/\//);
});

it('tells of memory, gives models back and looks at folders anew', async () => {
  const server = await open();
  const { ram, cuda } = (await server.inject({ url: '/sdapi/v1/memory' })).json<{ ram: Record<string, number>; cuda: object }>();
  expect(ram.total).toBeGreaterThan(ram.used ?? 0);
  expect(cuda).toEqual({ error: 'unavailable' });
  for (const path of ['unload-checkpoint', 'reload-checkpoint']) expect((await post(server, path)).json()).toEqual({});
  for (const path of ['refresh-embeddings', 'refresh-checkpoints', 'refresh-vae']) expect((await post(server, path)).body).toBe('null');
  expect((await post(server, 'train/embedding', {})).json()).toMatchObject({ info: expect.stringContaining('train embedding error') });
});

it('is ended by clients only where that is allowed', async () => {
  expect((await post(await open(), 'server-stop')).statusCode).toBe(404);
  const stop = vi.fn();
  const server = await open({ allowStop: true }, stop);
  expect((await post(server, 'server-restart')).statusCode).toBe(501);
  expect(stop).not.toHaveBeenCalled();
  expect((await post(server, 'server-stop')).body).toBe('Stopping.');
  expect(stop).toHaveBeenCalledOnce();
});

it('words mistakes with pictures as the webui does', async () => {
  const server = await open();
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
  const answer = async (url: string, payload: object) => {
    const { statusCode, body } = await post(server, url, payload);
    return [statusCode, JSON.parse(body)];
  };
  const unknown = { error: 'AssertionError', detail: '', body: '', errors: 'could not find upscaler named nope', code: 'UPSCALER_UNKNOWN' };
  expect(await answer('extra-single-image', { image: png, upscaler_1: 'nope' })).toMatchObject([500, unknown]);
  expect(await answer('extra-single-image', { image: 'x' })).toMatchObject([
    500,
    { error: 'HTTPException', detail: 'Invalid encoded image' },
  ]);
  expect(await answer('extra-single-image', { image: png, gfpgan_visibility: 1 })).toMatchObject([404, { error: 'RESTORER_UNKNOWN' }]);
  expect(await answer('extra-single-image', { image: png, gfpgan_visibility: 2 })).toMatchObject([
    422,
    { detail: [{ loc: ['body', 'gfpgan_visibility'] }] },
  ]);
  expect(await answer('extra-single-image', { image: png, upscaler_1: 'Lanczos', upscaling_resize: 1e6 })).toMatchObject([
    422,
    { error: 'REQUEST_INVALID' },
  ]);
  expect(await answer('extra-single-image', { image: png, upscaler_1: 'Same', upscaling_resize: 16 })).toMatchObject([200, {}]);
  expect(await answer('extra-batch-images', {})).toMatchObject([422, { detail: [{ loc: ['body', 'imageList'] }] }]);
  expect(await answer('png-info', { image: 'http://127.0.0.1/x.png' })).toMatchObject([500, { detail: 'Requests not allowed' }]);
  expect(await answer('interrogate', { image: null })).toMatchObject([404, { detail: 'Image not found' }]);
  expect(await answer('interrogate', { image: png })).toMatchObject([404, { detail: 'Model not found' }]);
});
