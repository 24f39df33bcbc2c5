import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildProduct } from '@armature/compose';
import { decodeImage } from '@armature/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EngineProcess } from '../src/engine-process.js';

const composed = fileURLToPath(new URL('../../composed-build', import.meta.url));
const small = { prompt: 'a red circle on a blue background', seed: 7, steps: 4, width: 64, height: 64 };

let folder: string;
let module: string;
let engine: EngineProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'armature-engine-'));
  // Below the packages it needs beside it, as a product in an application.
  const out = fileURLToPath(new URL(`../../../node_modules/.cache/engine-${process.pid}`, import.meta.url));
  const product = await buildProduct({ folder: composed, target: 'module', out, cacheFolder: join(folder, 'cache') });
  module = pathToFileURL(join(product.folder, 'index.js')).href;
  engine = await EngineProcess.open(module, join(folder, 'data'));
});
afterAll(async () => {
  if (engine.child.exitCode === null) await engine.close();
  await rm(new URL('.', module), { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
});

it('has the extensions it was built with', () => {
  expect(engine.extensions).toEqual(['examples.ease active', 'examples.late-sharpen active']);
});

it('makes a picture and tells how far it is', async () => {
  const fractions: number[] = [];
  const { png, infotext } = await engine.txt2img({ ...small, sampler: 'Ease' }, { onProgress: (fraction) => fractions.push(fraction) });
  expect(infotext).toContain('Sampler: Ease');
  expect((await decodeImage(png ?? new Uint8Array())).width).toBe(64);
  expect(fractions.at(-1)).toBeGreaterThan(fractions[0] ?? 1);
});

it('sends errors over with their code', async () => {
  await expect(engine.txt2img({ ...small, sampler: 'Nobody' })).rejects.toThrow(/^SAMPLER_UNKNOWN: There is no sampler "Nobody"/);
});

it('cancels', async () => {
  const cancel = new AbortController();
  const onProgress = (): void => cancel.abort();
  expect((await engine.txt2img({ ...small, steps: 2000 }, { signal: cancel.signal, onProgress })).png).toBeUndefined();
});

it('closes in order, with a job that runs', async () => {
  const running = engine.txt2img({ ...small, steps: 2000 });
  await engine.close();
  expect((await running).png).toBeUndefined();
  expect(engine.child.exitCode).toBe(0);
});

it('ends when the application is gone', async () => {
  const other = await EngineProcess.open(module, join(folder, 'data'));
  const exited = once(other.child, 'exit');
  const lost = other.txt2img({ ...small, steps: 2000 }).catch(String);
  other.child.disconnect();
  expect((await exited)[0]).toBe(0);
  expect(await lost).toBe('Error: the engine process has ended');
});
