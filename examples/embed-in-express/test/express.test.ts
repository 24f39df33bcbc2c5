import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createHost, decodeImage, type Host } from '@armature/core';
import { tinyModelFolder } from '@armature/tiny-model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApp } from '../src/create-app.js';

let host: Host;
let data: string;
let server: ReturnType<ReturnType<typeof createApp>['listen']>;
let address: string;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'armature-express-'));
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  host = await createHost({ models: [tinyModelFolder], data, threads: 2, log: quiet });
  server = createApp(host).listen(0);
  await once(server, 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await host.dispose();
  await rm(data, { recursive: true, force: true });
});

const post = (body: unknown): Promise<Response> =>
  fetch(`${address}/pictures`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const small = { prompt: 'a red circle on a blue background', seed: 7, steps: 4, width: 64, height: 64 };

it('answers with the picture that the host makes', async () => {
  const response = await post(small);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('image/png');
  expect([response.headers.get('x-seed'), response.headers.get('x-faults')]).toEqual(['7', '0']);
  const received = await decodeImage(new Uint8Array(await response.arrayBuffer()));
  const { images } = await host.txt2img(small);
  expect(received.toBytes()).toEqual(images[0]?.image.toBytes());
});

it('answers a wrong request with its status and code', async () => {
  const unknown = await post({ ...small, sampler: 'Nobody' });
  expect([unknown.status, ((await unknown.json()) as { code: string }).code]).toEqual([404, 'SAMPLER_UNKNOWN']);
  const wrong = await post({ ...small, steps: 'many' });
  expect([wrong.status, ((await wrong.json()) as { code: string }).code]).toEqual([422, 'REQUEST_INVALID']);
});

it('cancels the job of a client that went away, and serves the next', async () => {
  const body = JSON.stringify({ ...small, steps: 4000 });
  const client = httpRequest(`${address}/pictures`, { method: 'POST', headers: { 'content-type': 'application/json' } });
  client.on('error', () => undefined);
  client.end(body);
  await pause(300);
  client.destroy();
  const started = performance.now();
  expect((await post(small)).status).toBe(200);
  expect(performance.now() - started).toBeLessThan(10_000);
});

it('tells its extensions', async () => {
  expect(await (await fetch(`${address}/extensions`)).json()).toEqual([]);
});

it('is a program that ends in order, also in the middle of a job', async () => {
  const env = { ...process.env, MODELS: tinyModelFolder, DATA: data, PORT: '0' };
  const program = spawn(process.execPath, [fileURLToPath(new URL('../dist/server.js', import.meta.url))], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(program.stdout.setEncoding('utf8'), 'data')) as [string];
  const { port } = JSON.parse(line.slice('listening on '.length)) as AddressInfo;
  const body = JSON.stringify({ ...small, steps: 4000 });
  const lost = fetch(`http://127.0.0.1:${port}/pictures`, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).catch(
    () => 'gone',
  );
  await pause(300);
  program.kill('SIGTERM');
  expect(await once(program, 'exit')).toEqual([0, null]);
  expect(await lost).toBe('gone');
});
