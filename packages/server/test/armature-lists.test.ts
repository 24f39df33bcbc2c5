import { defineExtension } from '@armature/sdk';
import { inlineExtension } from '@armature/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ended, type OpenedServer, openServer, tiny } from './open-server.js';

let opened: OpenedServer;
beforeAll(async () => {
  const definition = defineExtension({
    setup({ hooks }) {
      hooks.sampling.guided.tap(() => undefined);
      hooks.image.each.tap(() => {
        throw new Error('no picture for you');
      });
    },
  });
  opened = await openServer({}, { extensions: [inlineExtension('test.broken', definition)] });
});
afterAll(() => opened.close());
const get = (path: string) => opened.ask('GET', `/armature/v1${path}`);

it('lists extensions with what they cost, and a job with its faults', async () => {
  const { id } = (await opened.ask('POST', '/armature/v1/jobs', { request: tiny })).body;
  await ended(opened, id);
  const { faults } = (await get(`/jobs/${id}/result`)).body;
  expect(faults).toEqual([expect.objectContaining({ code: 'EXT_TAP_THREW', extension: 'test.broken', hook: 'image.each' })]);
  const { extensions } = (await get('/extensions')).body;
  expect(extensions).toMatchObject([{ id: 'test.broken', state: 'active', faults: [] }]);
  expect(extensions[0].timings).toContainEqual({ hook: 'sampling.guided', calls: tiny.steps, milliseconds: expect.any(Number) });
  const reloaded = await opened.ask('POST', '/armature/v1/extensions/reload');
  expect([reloaded.status, reloaded.body.extensions[0].state]).toEqual([200, 'active']);
});

it('lists what can be picked by name', async () => {
  expect((await get('/models')).body.models[0]).toMatchObject({ kind: 'checkpoint', bytes: expect.any(Number) });
  expect(await get('/models?kind=nothing')).toMatchObject({ status: 422, body: { code: 'REQUEST_INVALID' } });
  expect((await get('/samplers')).body.samplers).toContainEqual({ id: 'armature.core/Euler', owner: 'armature.core', name: 'Euler' });
  expect((await get('/schedulers')).body.schedulers.length).toBeGreaterThan(5);
  expect((await get('/upscalers')).body.upscalers.length).toBeGreaterThan(1);
  expect((await get('/styles')).body).toEqual({ styles: [] });
});

it('changes options for jobs accepted from then on', async () => {
  const long = (await opened.ask('POST', '/armature/v1/jobs', { request: { ...tiny, steps: 40 } })).body.id;
  const before = (await opened.ask('POST', '/armature/v1/jobs', { request: tiny })).body.id;
  const changed = await opened.ask('PATCH', '/armature/v1/settings', { CLIP_stop_at_last_layers: 2 });
  expect([changed.status, changed.body.CLIP_stop_at_last_layers]).toEqual([200, 2]);
  const after = (await opened.ask('POST', '/armature/v1/jobs', { request: tiny })).body.id;
  for (const id of [long, before, after]) await ended(opened, id);
  const infotext = async (id: string) => (await get(`/jobs/${id}/result`)).body.images[0].infotext;
  expect(await infotext(before)).not.toContain('Clip skip');
  expect(await infotext(after)).toContain('Clip skip: 2');
  expect((await get('/settings')).body.CLIP_stop_at_last_layers).toBe(2);
  expect(await opened.ask('PATCH', '/armature/v1/settings', { nothing: 2 })).toMatchObject({
    status: 422,
    body: { code: 'SETTING_UNKNOWN' },
  });
});

it('says whether jobs can be made', async () => {
  expect(await opened.ask('GET', '/ready')).toMatchObject({ status: 200, body: { status: 'ready', device: 'cpu' } });
});
