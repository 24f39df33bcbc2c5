import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IntTensor, isTensorHandle, Tensor, type TensorHandle } from '@armature/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Runtime, type RuntimeGraph, startRuntime } from '../../src/runtime/index.js';
import { addGraph, gatherGraph, sessionOptions, slowGraph, valuesOf } from './graphs.js';
import { onnxFixture, TYPES } from './onnx-fixture.js';

let runtime: Runtime;
let folder: string;
beforeAll(async () => {
  runtime = await startRuntime();
  folder = await mkdtemp(join(tmpdir(), 'armature-runtime-'));
});
afterAll(async () => {
  await runtime.dispose();
  await rm(folder, { recursive: true });
});

const matrix = (...values: number[]): Tensor => new Tensor(values, [values.length / 2, 2]);

async function keptDouble(values: number[], owner: string): Promise<TensorHandle> {
  const session = await runtime.load(addGraph(), sessionOptions);
  const { outputs } = await runtime.run(session, { x: [matrix(...values)], r: [] }, { keep: ['double'], owner });
  await runtime.unload(session);
  if (!isTensorHandle(outputs.double)) throw new Error('double was not kept');
  return outputs.double;
}

test('a loaded graph computes, and says how long ONNX Runtime took', async () => {
  const session = await runtime.load(addGraph(), sessionOptions);
  const result = await runtime.run(session, { x: [matrix(1, 2, 3, 4)], r: [matrix(10, 20, 30, 40)] });
  expect(valuesOf(result, 'y')).toEqual([11, 22, 33, 44]);
  expect(result.outputs.y?.shape).toEqual([2, 2]);
  expect(result.computeMs).toBeGreaterThan(0);
  expect(session).toMatchObject({ epoch: runtime.epoch, label: 'add' });
  await runtime.unload(session);
});

test('int64 inputs are fed from an IntTensor', async () => {
  const session = await runtime.load(gatherGraph(), sessionOptions);
  const result = await runtime.run(session, { ids: [new IntTensor([3, 0, 1], [1, 3])] });
  expect(valuesOf(result, 'y')).toEqual([30, 31, 0, 1, 10, 11]);
  expect(result.outputs.y?.shape).toEqual([1, 3, 2]);
  const none = await runtime.run(session, { ids: [] });
  expect(valuesOf(none, 'y')).toEqual([0, 1]);
});

test('values of one input are summed with broadcasting, and none is a single zero', async () => {
  const session = await runtime.load(addGraph(), sessionOptions);
  const x = matrix(1, 2, 3, 4);
  const feeds = [matrix(10, 20, 30, 40), new Tensor([100, 200], [1, 2]), new Tensor([1000], [1, 1])];
  expect(valuesOf(await runtime.run(session, { x: [x], r: feeds }), 'y')).toEqual([1111, 1222, 1133, 1244]);
  expect(valuesOf(await runtime.run(session, { x: [x], r: [] }), 'y')).toEqual([1, 2, 3, 4]);
  await expect(runtime.run(session, { x: [x], r: [matrix(1, 2), new Tensor([1, 2, 3], [1, 3])] })).rejects.toMatchObject({
    code: 'RUNTIME_REFUSED',
    message: 'ONNX Runtime refused add: input "r": [1, 2] and [1, 3] cannot be added.',
  });
});

test('kept outputs go from one session to the next and are added with fresh values', async () => {
  const double = await keptDouble([1, 2, 3, 4], 'job-1');
  expect(double).toMatchObject({ kind: 'handle', epoch: runtime.epoch, shape: [2, 2] });
  const session = await runtime.load(addGraph(), sessionOptions);
  const alone = await runtime.run(session, { x: [double], r: [double] });
  expect(valuesOf(alone, 'y')).toEqual([4, 8, 12, 16]);
  const summed = await runtime.run(session, { x: [double, matrix(1, 1, 1, 1)], r: [double, double] });
  expect(valuesOf(summed, 'y')).toEqual([7, 13, 19, 25]);
  expect(valuesOf(await runtime.run(session, { x: [double], r: [] }), 'y')).toEqual([2, 4, 6, 8]);
  await runtime.releaseOwner('job-1');
});

test('handles are freed one by one and by owner', async () => {
  const before = (await runtime.memory()).handles;
  const handles = [await keptDouble([1, 2], 'job-1'), await keptDouble([3, 4], 'ext-1'), await keptDouble([5, 6], 'job-1')];
  expect((await runtime.memory()).handles).toBe(before + 3);
  await runtime.releaseOwner('job-1');
  expect((await runtime.memory()).handles).toBe(before + 1);
  await runtime.release(handles);
  await runtime.release(handles);
  expect((await runtime.memory()).handles).toBe(before);
  const session = await runtime.load(addGraph(), sessionOptions);
  const freed = runtime.run(session, { x: [handles[0] as TensorHandle], r: [] });
  await expect(freed).rejects.toThrow(/^ONNX Runtime refused add: kept tensor \d+ was released before; compute it again\.$/);
});

test('a freed session is gone and frees its memory count', async () => {
  const before = (await runtime.memory()).sessions;
  const session = await runtime.load(addGraph(), sessionOptions);
  expect((await runtime.memory()).sessions).toBe(before + 1);
  await runtime.unload(session);
  await runtime.unload(session);
  const { sessions, rss, peakRss } = await runtime.memory();
  expect(sessions).toBe(before);
  expect(rss).toBeGreaterThan(2 ** 20);
  expect(peakRss).toBeGreaterThanOrEqual(rss * 0.9);
  await expect(runtime.run(session, { x: [matrix(1, 2)], r: [] })).rejects.toThrow('the session was freed before');
});

test('mistakes are refused with the name of the work and of the thing', async () => {
  const refused = (work: Promise<unknown>, message: RegExp): Promise<void> => expect(work).rejects.toThrow(message);
  const session = await runtime.load(addGraph('unet of tiny'), sessionOptions);
  const x = [matrix(1, 2)];
  await refused(runtime.run(session, { x }), /^ONNX Runtime refused unet of tiny: input "r" was not fed\.$/);
  await refused(runtime.run(session, { x, r: [], z: [] }), /there is no input "z"; known: x, r\.$/);
  await refused(runtime.run(session, { x, r: [] }, { keep: ['w'] }), /there is no output "w" to keep; known: y, double\.$/);
  await refused(runtime.run(session, { x, r: [new Tensor([1, 2, 3], [1, 3])] }), /unet of tiny: .*broadcast/i);
  await refused(runtime.run(session, { x, r: [new IntTensor([1, 2], [1, 2])] }), /unet of tiny: .*int64/);
  const rubbish: RuntimeGraph = { bytes: Uint8Array.of(1, 2, 3), externalFolder: '', weightBytes: 0, label: 'rubbish' };
  await refused(runtime.load(rubbish, sessionOptions), /^ONNX Runtime refused the load of rubbish: Failed to load model .*[^.]\.$/);
  const wrong = runtime.load(addGraph(), { ...sessionOptions, config: { load_model_format: 'ORT' } });
  await refused(wrong, /the load of add: /);
  expect(valuesOf(await runtime.run(session, { x, r: [] }), 'y')).toEqual([1, 2]);
});

function weightsGraph(externalFolder: string, location: string): RuntimeGraph {
  const external = { location, offset: 5, length: 8 };
  const bytes = onnxFixture({
    nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }],
    inputs: [{ name: 'x', shape: [1, 2] }],
    outputs: [{ name: 'y', shape: [1, 2] }],
    initializers: [{ name: 'w', shape: [2], external }],
  });
  return { bytes, externalFolder, weightBytes: 8, label: 'weights' };
}

test('weights come from a file below the folder, at any offset, through a link to the folder', async () => {
  const real = join(folder, 'real');
  await mkdir(real);
  const content = Buffer.concat([Buffer.alloc(5), Buffer.from(Float32Array.of(0.5, 7).buffer)]);
  await writeFile(join(real, 'weights.bin'), content);
  await writeFile(join(folder, 'outside.bin'), content);
  await symlink(real, join(folder, 'link'));
  const session = await runtime.load(weightsGraph(join(folder, 'link'), 'weights.bin'), sessionOptions);
  expect(valuesOf(await runtime.run(session, { x: [matrix(1, 2)] }), 'y')).toEqual([1.5, 9]);
  await symlink(join(folder, 'outside.bin'), join(real, 'leaves.bin'));
  for (const location of ['leaves.bin', '../outside.bin', 'missing.bin'])
    await expect(runtime.load(weightsGraph(real, location), sessionOptions)).rejects.toMatchObject({ code: 'RUNTIME_REFUSED' });
  await expect(runtime.load(weightsGraph(join(folder, 'nowhere'), 'weights.bin'), sessionOptions)).rejects.toThrow('nowhere');
});

test.runIf(process.platform === 'linux')('freeing a session gives its memory back', async () => {
  const size = 1024;
  const length = size * size * 2;
  const names = Array.from({ length: 40 }, (_, index) => `w${index}`);
  // Overlapping, and yet different: ONNX Runtime would share equal weights.
  await writeFile(
    join(folder, 'square.bin'),
    Uint8Array.from({ length: length + 40 * 64 }, (_, index) => (index * 7919) % 59),
  );
  // Each cast is folded into float32 weights of the session's own.
  const model = onnxFixture({
    nodes: names.flatMap((name, index) => [
      { op: 'Cast', inputs: [name], outputs: [`f${index}`], attributes: { to: TYPES.float32 } },
      { op: 'MatMul', inputs: [index === 0 ? 'x' : `y${index - 1}`, `f${index}`], outputs: [`y${index}`] },
    ]),
    inputs: [{ name: 'x', shape: ['batch', size] }],
    outputs: [{ name: 'y39', shape: ['batch', size] }],
    initializers: names.map((name, index) => ({
      name,
      type: 'float16',
      shape: [size, size],
      external: { location: 'square.bin', offset: index * 64, length },
    })),
  });
  const before = await runtime.memory();
  const session = await runtime.load({ bytes: model, externalFolder: folder, weightBytes: 0, label: 'squares' }, sessionOptions);
  await runtime.run(session, { x: [new Tensor(new Float32Array(size), [1, size])] });
  const loaded = (await runtime.memory()).rss - before.rss;
  await runtime.unload(session);
  const left = (await runtime.memory()).rss - before.rss;
  expect(loaded).toBeGreaterThan(30 * size * size * 4);
  expect(left).toBeLessThan(loaded / 4);
});

test('tensors larger than one message arrive whole, in both directions', async () => {
  const session = await runtime.load(addGraph(), sessionOptions);
  const size = 3_000_001;
  const x = new Tensor(
    Float32Array.from({ length: size }, (_, index) => index % 977),
    [1, size],
  );
  const result = await runtime.run(session, { x: [x], r: [new Tensor([0.5], [1, 1])] });
  const wrong = valuesOf(result, 'y').findIndex((value, index) => value !== (index % 977) + 0.5);
  expect(wrong).toBe(-1);
  expect(result.outputs.double?.shape).toEqual([1, size]);
});

test('calls are done in the order they were made', async () => {
  const session = await runtime.load(slowGraph(1), sessionOptions);
  const done: string[] = [];
  const x = [new Tensor([0.001], [1, 1])];
  await Promise.all([
    runtime.run(session, { x }).then(() => done.push('first')),
    runtime.memory().then(() => done.push('second')),
    runtime.run(session, { x }).then(() => done.push('third')),
    runtime.unload(session).then(() => done.push('fourth')),
  ]);
  expect(done).toEqual(['first', 'second', 'third', 'fourth']);
});

test('every optimisation level and thread count gives the same result', async () => {
  for (const optimization of ['disabled', 'basic', 'extended', 'all'] as const)
    for (const threads of [0, 1, 2]) {
      const session = await runtime.load(addGraph(), { threads, optimization, config: { disable_prepacking: '1' } });
      expect(valuesOf(await runtime.run(session, { x: [matrix(1, 2)], r: [] }), 'y')).toEqual([1, 2]);
      await runtime.unload(session);
    }
});
