import { appendFileSync, existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '@armature/sdk';
import { expect, test } from 'vitest';
import { decodeFloats } from '../../src/checkpoint/float-decoder.js';
import { openWeights, WeightsCache, type WeightsFile } from '../../src/checkpoint/index.js';
import { floats, type MadeTensor, safetensorsBytes } from './safetensors-bytes.js';
import { temporaryFolder } from './temporary-folder.js';

const quiet: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const dtypes = { F16: 2, BF16: 2, F8_E4M3: 1, F8_E5M2: 1 } as const;

const made = (dtype: string, shape: readonly number[], width: number): MadeTensor => {
  const count = shape.reduce((product, dim) => product * dim, width);
  return { dtype, shape, data: Uint8Array.from({ length: count }, (_, at) => (at * 37 + 11) & 0x7b) };
};
const halves = (count: number): Buffer => safetensorsBytes({ 'a.weight': made('F16', [count], 2) });

interface Bench {
  readonly cache: WeightsCache;
  readonly warnings: readonly string[];
  open(name: string): Promise<WeightsFile>;
  path(name: string): string;
  files(): readonly string[];
}

function bench(content: Readonly<Record<string, Uint8Array>>, limitBytes = 2 ** 30): Bench {
  const folder = temporaryFolder(content);
  const warnings: string[] = [];
  const cacheFolder = join(folder, 'data/weights');
  mkdirSync(join(folder, 'data'));
  const log = { ...quiet, warn: (text: string) => warnings.push(text) };
  return {
    cache: new WeightsCache({ folder: cacheFolder, limitBytes, smallestBytes: 0, log }),
    warnings,
    open: (name) => openWeights(join(folder, name)),
    path: (name) => join(folder, name),
    files: () => (existsSync(cacheFolder) ? readdirSync(cacheFolder) : []),
  };
}

test('every float tensor lies in the copy as float32, whatever it was; averages and numbers stay out', async () => {
  const narrow = Object.fromEntries(Object.entries(dtypes).map(([dtype, width]) => [`${dtype}.weight`, made(dtype, [3, 5], width)]));
  const others = { 'wide.weight': floats([4], 0.1), 'model_ema.x': made('F16', [2], 2), ids: made('I64', [2], 8) };
  const { cache, open } = bench({ 'a.safetensors': safetensorsBytes({ ...narrow, ...others }) });
  const weights = await open('a.safetensors');
  const copy = await cache.copyOf(weights);
  const wide = await openWeights(copy?.path ?? '');
  for (const key of [...Object.keys(narrow), 'wide.weight']) {
    const entry = weights.get(key);
    const place = entry?.stored && copy?.locate(entry.stored, entry.dtype);
    expect(place).toEqual(wide.get(key)?.stored);
    expect(wide.get(key)).toMatchObject({ dtype: 'F32', shape: entry?.shape });
    expect(await wide.get(key)?.read()).toEqual(await entry?.read());
  }
  expect([...wide.keys].sort()).toEqual([...Object.keys(narrow), 'wide.weight'].sort());
  const ema = weights.get('model_ema.x');
  expect(ema?.stored && copy?.locate(ema.stored, 'F16')).toBeUndefined();
  const first = (await weights.get('F16.weight')?.read()) as Float32Array;
  const bytes = made('F16', [3, 5], 2).data;
  const expected = new Float32Array(15);
  decodeFloats(bytes.buffer as ArrayBuffer, 'F16', expected);
  expect(first).toEqual(expected);
  await Promise.all([weights.close(), wide.close()]);
});

test('a float32 file needs no copy', async () => {
  const { cache, open, files } = bench({ 'a.safetensors': safetensorsBytes({ 'a.weight': floats([4], 1) }) });
  const weights = await open('a.safetensors');
  expect(await cache.copyOf(weights)).toBeUndefined();
  expect(files()).toEqual([]);
  await weights.close();
});

test('a file that grows while it is read is refused by name, and leaves nothing', async () => {
  const { cache, open, path, files } = bench({ 'a.safetensors': halves(3_000_000) });
  const weights = await open('a.safetensors');
  const copying = cache.copyOf(weights);
  appendFileSync(path('a.safetensors'), 'more');
  await expect(copying).rejects.toMatchObject({ code: 'CKPT_CHANGED', message: expect.stringContaining(path('a.safetensors')) });
  expect(files()).toEqual([]);
  await weights.close();
});

test('a file that is cut short while it is read is refused by name, and leaves nothing', async () => {
  const { cache, open, path, files } = bench({ 'a.safetensors': halves(3_000_000) });
  const weights = await open('a.safetensors');
  const copying = cache.copyOf(weights);
  writeFileSync(path('a.safetensors'), halves(10));
  await expect(copying).rejects.toMatchObject({ code: 'CKPT_TRUNCATED' });
  expect(files()).toEqual([]);
  await weights.close();
});

test('a copy that is cancelled leaves nothing; another that waited for it writes its own', async () => {
  const { cache, open, files } = bench({ 'a.safetensors': halves(3_000_000) });
  const weights = await open('a.safetensors');
  const abort = new AbortController();
  const [first, second] = [cache.copyOf(weights, abort.signal), cache.copyOf(weights)];
  abort.abort();
  await expect(first).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
  expect(await second).toBeDefined();
  expect(files()).toHaveLength(1);
  await weights.close();
});

test('the least recently used copy makes room; one larger than the limit is not written, and the log says why', async () => {
  const names = ['a', 'b', 'c', 'large'].map((name) => `${name}.safetensors`);
  const content = Object.fromEntries(names.map((name, at) => [name, halves(name.startsWith('large') ? 10_000 : 2000 + at)]));
  const { cache, open, warnings, files } = bench(content, 20_000);
  const [a, b, c, large] = (await Promise.all(names.map(open))) as [WeightsFile, WeightsFile, WeightsFile, WeightsFile];
  const first = await cache.copyOf(a);
  await cache.copyOf(b);
  utimesSync(first?.path ?? '', new Date(0), new Date(0));
  await cache.copyOf(a);
  for (const { path, source } of await cache.list()) if (source === b.path) utimesSync(path, new Date(1000), new Date(1000));
  await cache.copyOf(c);
  expect((await cache.list()).map(({ source }) => source).sort()).toEqual([a.path, c.path]);
  expect(await cache.copyOf(large)).toBeUndefined();
  expect(warnings).toEqual([expect.stringMatching(/large\.safetensors is used without the weights cache: .*limit/)]);
  expect(files()).toHaveLength(2);
  expect(await cache.clear()).toMatchObject({ files: 2 });
  expect(files()).toEqual([]);
  await Promise.all([a, b, c, large].map((weights) => weights.close()));
});

test('a copy that is not whole is written anew, and what killed writers left behind is taken over', async () => {
  const { cache, open, files } = bench({ 'a.safetensors': halves(1000) });
  const weights = await open('a.safetensors');
  const copy = await cache.copyOf(weights);
  const path = copy?.path ?? '';
  const { size } = statSync(path);
  writeFileSync(path, 'broken');
  // No process has this number.
  writeFileSync(`${path}.lock`, String(2 ** 30));
  writeFileSync(`${path}.1-00000000.part`, 'half of it');
  utimesSync(`${path}.1-00000000.part`, new Date(0), new Date(0));
  expect(await cache.copyOf(weights)).toBeDefined();
  expect(statSync(path).size).toBe(size);
  expect(files()).toHaveLength(1);
  await weights.close();
});

test('a folder that cannot be written does not stop anything', async () => {
  const { cache, open, path, warnings } = bench({ 'a.safetensors': halves(1000) });
  writeFileSync(path('data/weights'), 'a file in the way');
  const weights = await open('a.safetensors');
  expect(await cache.copyOf(weights)).toBeUndefined();
  expect(warnings).toHaveLength(1);
  await weights.close();
});
