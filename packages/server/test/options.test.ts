import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '@armature/core';
import { createServer, type Server, type ServerOptionsInput } from '@armature/server';
import { createTestHost } from '@armature/testing';
import { afterEach, expect, it } from 'vitest';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(options: ServerOptionsInput = {}): Promise<{ readonly server: Server; readonly host: Host }> {
  const host = await createTestHost();
  closing.push(() => host.dispose());
  const server = await createServer({ host, options: { port: 0, ...options } });
  closing.push(() => server.close());
  return { server, host };
}

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'armature-options-'));
  closing.push(() => rm(made, { recursive: true, force: true }));
  return made;
}

const set = (server: Server, payload: object) => server.inject({ method: 'POST', url: '/sdapi/v1/options', payload });
const all = async (server: Server) => (await server.inject({ url: '/sdapi/v1/options' })).json<Record<string, unknown>>();

it('gives back every option as it was set; those the host has act', async () => {
  const { server, host } = await open();
  const answer = await set(server, { CLIP_stop_at_last_layers: 2, localization: 'xx', show_progress_type: 'TAESD' });
  expect([answer.statusCode, answer.body]).toEqual([200, 'null']);
  expect(await all(server)).toMatchObject({
    CLIP_stop_at_last_layers: 2,
    localization: 'xx',
    show_progress_type: 'TAESD',
    jpeg_quality: 80,
  });
  expect(host.settings()).toMatchObject({ CLIP_stop_at_last_layers: 2, show_progress_type: 'TAESD' });
  expect((await set(server, await all(server))).statusCode).toBe(200);
  expect((await set(server, { api_enable_requests: true })).statusCode).toBe(200);
  expect(await all(server)).toMatchObject({ api_enable_requests: false });
});

it('changes nothing when one of them cannot be', async () => {
  const { server, host } = await open();
  const unknown = await set(server, { CLIP_stop_at_last_layers: 3, nonsense: 1 });
  expect([unknown.statusCode, unknown.json()]).toEqual([500, { error: 'KeyError', detail: '', body: '', errors: "'nonsense'" }]);
  expect((await set(server, { CLIP_stop_at_last_layers: 99 })).json()).toMatchObject({ error: 'REQUEST_INVALID' });
  expect((await set(server, { localization: 5 })).json()).toMatchObject({
    error: 'REQUEST_INVALID',
    detail: expect.stringContaining('string'),
  });
  expect((await set(server, ['no'])).statusCode).toBe(422);
  expect(host.settings().CLIP_stop_at_last_layers).toBe(1);
});

it('knows a checkpoint by any of its names', async () => {
  const { server, host } = await open();
  const [model] = await host.models();
  for (const name of [model?.title, model?.name, model?.path, `${model?.name}.safetensors`, `${model?.title} [0123456789]`]) {
    expect((await set(server, { sd_model_checkpoint: name })).statusCode).toBe(200);
    expect((await all(server)).sd_model_checkpoint).toBe(model?.title);
  }
  const missing = await set(server, { sd_model_checkpoint: 'nope' });
  expect([missing.statusCode, missing.json()]).toMatchObject([500, { error: 'RuntimeError', errors: "model 'nope' not found" }]);
});

it('keeps them over a restart', async () => {
  const optionsFile = join(await folder(), 'data', 'options.json');
  const first = await open({ optionsFile });
  expect(existsSync(optionsFile)).toBe(false);
  await Promise.all([set(first.server, { jpeg_quality: 55 }), set(first.server, { localization: 'xx' })]);
  const second = await open({ optionsFile });
  expect(await all(second.server)).toMatchObject({ jpeg_quality: 55, localization: 'xx' });
  expect(second.host.settings().jpeg_quality).toBe(55);
});

it('keeps what other routes change, too', async () => {
  const optionsFile = join(await folder(), 'options.json');
  const { server } = await open({ optionsFile });
  await server.inject({ method: 'PATCH', url: '/armature/v1/settings', payload: { jpeg_quality: 55 } });
  const payload = {
    steps: 1,
    width: 64,
    height: 64,
    override_settings: { CLIP_stop_at_last_layers: 2 },
    override_settings_restore_afterwards: false,
  };
  expect((await server.inject({ method: 'POST', url: '/sdapi/v1/txt2img', payload })).statusCode).toBe(200);
  expect(await all(server)).toMatchObject({ jpeg_quality: 55, CLIP_stop_at_last_layers: 2 });
  expect(JSON.parse(await readFile(optionsFile, 'utf8'))).toEqual({ jpeg_quality: 55, CLIP_stop_at_last_layers: 2 });
});

it.each(['{ broken', '[1]', '{"CLIP_stop_at_last_layers": "two"}'])('names a file it cannot read, and leaves it: %s', async (text) => {
  const optionsFile = join(await folder(), 'options.json');
  await writeFile(optionsFile, text);
  await expect(open({ optionsFile })).rejects.toMatchObject({ code: 'OPTIONS_UNREADABLE', data: { path: optionsFile } });
  expect(await readFile(optionsFile, 'utf8')).toBe(text);
});

it('puts nothing in force that cannot be kept', async () => {
  const place = await folder();
  const optionsFile = join(place, 'deep', 'options.json');
  const { server, host } = await open({ optionsFile });
  await writeFile(join(place, 'deep'), '');
  const answer = await set(server, { jpeg_quality: 55 });
  expect([answer.statusCode, answer.json()]).toMatchObject([500, { error: 'OUTPUT_UNWRITABLE' }]);
  expect([host.settings().jpeg_quality, (await all(server)).jpeg_quality]).toEqual([80, 80]);
});

it('tells what the server itself decides', async () => {
  expect(await all((await open()).server)).toMatchObject({ api_enable_requests: false, api_forbid_local_requests: true });
  expect(await all((await open({ imageUrls: true })).server)).toMatchObject({ api_enable_requests: true });
});
