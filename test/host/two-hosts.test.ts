import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createHost, type Host, RUNTIME, type Runtime, startRuntime } from '@armature/core';
import { defineExtension, field, STORAGE } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { tinyModelFolder } from '@armature/tiny-model';
import { afterAll, beforeAll, expect, it } from 'vitest';

const request = { prompt: 'a red circle on a blue background', seed: 7, steps: 4, width: 64, height: 64 };
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const manifest = { api: 1, id: 'test.dim', version: '1.0.0', engines: { armature: '*' } };

let setups = 0;

/** One definition in both hosts, as a module that was imported once. */
const dim = defineExtension({
  options: { by: field.number(1, { min: 0, max: 1 }) },
  async setup({ hooks, options, use }) {
    setups += 1;
    await use(STORAGE).write('by.txt', new TextEncoder().encode(String(options.by)));
    hooks.image.each.tap((image) => image.map((value) => Math.round(value * options.by)));
  },
});

let folder: string;
let first: Host;
let second: Host;
let runtimes: readonly Runtime[];

const open = (name: string, by: number, runtime: Runtime, settings = {}): Promise<Host> =>
  createHost({
    models: [tinyModelFolder],
    data: join(folder, name),
    log: quiet,
    settings,
    extensions: [{ manifest, definition: dim }],
    options: { 'test.dim': { by } },
    provide: [[RUNTIME, () => async () => runtime]],
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'armature-two-'));
  runtimes = await Promise.all([startRuntime({ threads: 1 }), startRuntime({ threads: 1 })]);
  [first, second] = await Promise.all([open('first', 1, runtimes[0]!), open('second', 0.5, runtimes[1]!, { CLIP_stop_at_last_layers: 2 })]);
});
afterAll(async () => {
  await Promise.all([first.dispose(), second.dispose()]);
  await Promise.all(runtimes.map((runtime) => runtime.dispose()));
  await rm(folder, { recursive: true, force: true });
});

const pixels = async (host: Host, more = {}): Promise<Uint8Array | undefined> =>
  (await host.txt2img({ ...request, ...more })).images[0]?.image.toBytes();

it('have options, settings and storage of their own, also when both work at once', async () => {
  const plain = await createTestHost();
  const [bright, dark] = await Promise.all([pixels(first), pixels(second)]);
  const expected = [
    await pixels(plain),
    (await pixels(plain, { settings: { CLIP_stop_at_last_layers: 2 } }))?.map((value) => Math.round(value * 0.5)),
  ];
  await plain.dispose();
  expect(bright).toEqual(expected[0]);
  expect(dark).toEqual(expected[1]);
  const stored = (name: string): Promise<string> => readFile(join(folder, name, 'extensions/test.dim/by.txt'), 'utf8');
  expect([await stored('first'), await stored('second')]).toEqual(['1', '0.5']);
});

it('count faults and reload apart', async () => {
  await first.reload();
  expect([first, second].map((host) => host.extensions().map(({ id, state }) => `${id} ${state}`))).toEqual([
    ['test.dim active'],
    ['test.dim active'],
  ]);
  expect(setups).toBe(3);
});

it('have processes of their own: one that is killed is not missed by the other', async () => {
  const [one, two] = runtimes.map((runtime) => runtime.pid);
  expect(one).not.toBe(two);
  const running = second.txt2img({ ...request, steps: 60 });
  const lost = first.txt2img({ ...request, steps: 2000 }).catch((error: { readonly code: string }) => error.code);
  await pause(200);
  process.kill(one ?? 0, 'SIGKILL');
  expect(await lost).toBe('RUNTIME_DIED');
  expect((await running).status).toBe('done');
});

it('are disposed one by one', async () => {
  const running = second.txt2img({ ...request, steps: 60 });
  await first.dispose();
  await expect(first.txt2img(request)).rejects.toMatchObject({ code: 'HOST_DISPOSED' });
  expect((await running).status).toBe('done');
  expect(await pixels(second)).toBeDefined();
});
