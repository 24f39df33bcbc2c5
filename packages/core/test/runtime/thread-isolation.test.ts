import { setTimeout as pause } from 'node:timers/promises';
import { type HostError, isTensorHandle, Tensor } from '@armature/sdk';
import { expect, test } from 'vitest';
import { startRuntime } from '../../src/runtime/index.js';
import { addGraph, sessionOptions, slowGraph, valuesOf } from './graphs.js';

const x = [new Tensor([0.001], [1, 1])];

test('the same interface in a thread: load, run, keep, feed back, free', async () => {
  const runtime = await startRuntime({ isolation: 'thread' });
  expect(runtime.pid).toBeUndefined();
  const session = await runtime.load(addGraph(), sessionOptions);
  const first = await runtime.run(session, { x: [new Tensor([1, 2], [1, 2])], r: [] }, { keep: ['double'], owner: 'job-1' });
  const { double } = first.outputs;
  if (!double || !isTensorHandle(double)) throw new Error('double was not kept');
  expect(valuesOf(await runtime.run(session, { x: [double], r: [double] }), 'y')).toEqual([4, 8]);
  expect(await runtime.memory()).toMatchObject({ handles: 1, sessions: 1 });
  await runtime.releaseOwner('job-1');
  await runtime.unload(session);
  expect(await runtime.memory()).toMatchObject({ handles: 0, sessions: 0 });
  const size = 2_000_001;
  const large = await runtime.load(addGraph(), sessionOptions);
  const result = await runtime.run(large, { x: [new Tensor(new Float32Array(size).fill(3), [1, size])], r: [] });
  expect(valuesOf(result, 'y').every((value) => value === 3)).toBe(true);
  await runtime.dispose();
});

test('a cancelled step answers at its end, however long that is, and dispose waits for it', async () => {
  const runtime = await startRuntime({ isolation: 'thread', stuckAfterMs: 100 });
  const session = await runtime.load(slowGraph(10), { ...sessionOptions, threads: 1 });
  const { epoch } = runtime;
  const cancel = new AbortController();
  const failure = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      ({ code }: HostError) => code,
    );
  const running = failure(runtime.run(session, { x }, { signal: cancel.signal }));
  await pause(50);
  cancel.abort();
  expect(await running).toBe('JOB_CANCELLED');
  expect(runtime.epoch).toBe(epoch);
  const last = failure(runtime.run(session, { x }));
  await pause(50);
  await runtime.dispose();
  expect(await last).toBe('HOST_DISPOSED');
  expect(await failure(runtime.run(session, { x }))).toBe('HOST_DISPOSED');
});

test('several runtimes of both kinds live side by side, and their handles are not mixed up', async () => {
  const runtimes = await Promise.all([startRuntime({ isolation: 'thread' }), startRuntime(), startRuntime({ isolation: 'thread' })]);
  const kept = await Promise.all(
    runtimes.map(async (runtime) => {
      const session = await runtime.load(addGraph(), sessionOptions);
      const { outputs } = await runtime.run(session, { x: [new Tensor([1], [1, 1])], r: [] }, { keep: ['double'] });
      return { runtime, session, double: outputs.double };
    }),
  );
  const [first, second] = kept;
  if (!first || !second?.double || !isTensorHandle(second.double)) throw new Error('nothing was kept');
  await expect(first.runtime.run(first.session, { x: [second.double], r: [] })).rejects.toMatchObject({ code: 'HANDLE_STALE' });
  await Promise.all(runtimes.map((runtime) => runtime.dispose()));
});
