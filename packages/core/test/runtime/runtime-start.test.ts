import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Logger, Tensor } from '@armature/sdk';
import { afterEach, expect, test } from 'vitest';
import { childEntry } from '../../src/runtime/child-entry.js';
import { startRuntime } from '../../src/runtime/index.js';
import { LivingRuntime } from '../../src/runtime/living-runtime.js';
import { processChannel } from '../../src/runtime/process-channel.js';
import { addGraph, sessionOptions, valuesOf } from './graphs.js';

const warnings: string[] = [];
const silent = (): void => undefined;
const log: Logger = { debug: silent, info: silent, error: silent, warn: (text) => warnings.push(text) };
afterEach(() => {
  warnings.length = 0;
  delete process.env.ORT_TEST_DIES;
});

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
const runtimeOf = (entry: string, device = 'cpu'): LivingRuntime =>
  new LivingRuntime({ open: processChannel(entry), device, threads: 0, stuckAfterMs: 30_000, log });

test('an unknown device is named with the known ones', async () => {
  await expect(startRuntime({ device: 'quantum' })).rejects.toMatchObject({
    code: 'DEVICE_UNKNOWN',
    message: 'There is no device "quantum". Known: cpu, webgpu, cuda, dml, coreml.',
  });
});

test('a device this build lacks falls back to the CPU, says so once, and works', async () => {
  const absent = process.platform === 'win32' ? 'coreml' : 'dml';
  const runtime = await startRuntime({ device: absent, log });
  expect(runtime.device).toBe('cpu');
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(
    new RegExp(`^device ${absent} is not available, the CPU is used instead: this build of ONNX Runtime has only cpu, `),
  );
  const session = await runtime.load(addGraph(), sessionOptions);
  expect(valuesOf(await runtime.run(session, { x: [new Tensor([2], [1, 1])], r: [] }), 'y')).toEqual([2]);
  await runtime.dispose();
});

test('a device of this build is used, or its failure is told in one line', async () => {
  for (const device of ['webgpu', 'cuda']) {
    warnings.length = 0;
    const runtime = await startRuntime({ device, log });
    expect([device, 'cpu']).toContain(runtime.device);
    const told = runtime.device === device ? [] : [expect.stringMatching(new RegExp(`^device ${device} is not available, .*[^\\n.]$`))];
    expect(warnings).toEqual(told);
    const session = await runtime.load(addGraph(), sessionOptions);
    expect(valuesOf(await runtime.run(session, { x: [new Tensor([2], [1, 1])], r: [] }), 'y')).toEqual([2]);
    await runtime.dispose();
  }
});

test('a driver that takes the process down while it is tried costs the device only', async () => {
  const runtime = runtimeOf(fixture('dies-at-start.mjs'), 'webgpu');
  await runtime.start();
  expect(runtime.device).toBe('cpu');
  expect(warnings.at(-1)).toMatch(/^device webgpu is not available, the CPU is used instead: .*SIGABRT/);
  await runtime.dispose();
});

test('a process that ends at once is a start error with its last words', async () => {
  process.env.ORT_TEST_DIES = '1';
  const runtime = runtimeOf(fixture('dies-at-start.mjs'));
  const died = /^The runtime process could not start: .*exit code 7, last words: libexample\.so: no such file/;
  await expect(runtime.start()).rejects.toThrow(died);
  await expect(runtime.load(addGraph(), sessionOptions)).rejects.toMatchObject({ code: 'RUNTIME_START' });
  await runtime.dispose();
});

test('a platform without a binary is told in one sentence', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'armature-start-'));
  const packages = join(folder, 'node_modules');
  const require = createRequire(import.meta.url);
  const installed = dirname(dirname(require.resolve('onnxruntime-node')));
  await mkdir(join(packages, 'onnxruntime-node'), { recursive: true });
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await cp(dirname(dirname(childEntry())), join(folder, 'runtime'), { recursive: true });
  for (const part of ['dist', 'package.json'])
    await cp(join(installed, part), join(packages, 'onnxruntime-node', part), { recursive: true });
  await symlink(
    dirname(dirname(dirname(createRequire(join(installed, 'package.json')).resolve('onnxruntime-common')))),
    join(packages, 'onnxruntime-common'),
  );
  await expect(runtimeOf(join(folder, 'runtime', 'child', 'main.js')).start()).rejects.toMatchObject({
    code: 'RUNTIME_START',
    message: `The runtime process could not start: onnxruntime-node has no binary for ${process.platform}-${process.arch}; use another machine or a build of ONNX Runtime for it.`,
  });
  await rm(packages, { recursive: true });
  await expect(runtimeOf(join(folder, 'runtime', 'child', 'main.js')).start()).rejects.toThrow('onnxruntime-node is not installed');
  await rm(folder, { recursive: true });
});
