import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type HostError, isTensorHandle, Tensor, type TensorHandle } from '@armature/sdk';
import { afterEach, expect, test } from 'vitest';
import { type Runtime, type StartRuntimeOptions, startRuntime } from '../../src/runtime/index.js';
import { addGraph, sessionOptions, slowGraph, valuesOf } from './graphs.js';
import { goneWithin, isRunning } from './process-probe.js';

const started: Runtime[] = [];
async function start(options: StartRuntimeOptions = {}): Promise<Runtime> {
  const runtime = await startRuntime(options);
  started.push(runtime);
  return runtime;
}
afterEach(async () => {
  for (const runtime of started.splice(0)) await runtime.dispose();
});

/** One core each, so that steps last long enough on any machine. */
const slowOptions = { ...sessionOptions, threads: 1 };
const x = [new Tensor([0.001], [1, 1])];
const failure = (work: Promise<unknown>): Promise<HostError> =>
  work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: HostError) => error,
  );
const pidOf = (runtime: Runtime): number => runtime.pid ?? Number.NaN;

test('kill -9 in mid-step: every pending call fails, the next call works in a new life', async () => {
  const warnings: string[] = [];
  const silent = (): void => undefined;
  const runtime = await start({ log: { debug: silent, info: silent, error: silent, warn: (text) => warnings.push(text) } });
  const { epoch } = runtime;
  const pid = pidOf(runtime);
  const session = await runtime.load(slowGraph(400, 'unet of tiny'), slowOptions);
  const add = await runtime.load(addGraph(), sessionOptions);
  const { outputs } = await runtime.run(add, { x: [new Tensor([1], [1, 1])], r: [] }, { keep: ['double'] });
  const failures = Promise.all([failure(runtime.run(session, { x })), failure(runtime.load(addGraph('vae'), sessionOptions))]);
  await pause(300);
  process.kill(pid, 'SIGKILL');
  const [inRun, waiting] = await failures;
  expect(inRun).toMatchObject({
    code: 'RUNTIME_DIED',
    message: 'The runtime process ended while it worked on unet of tiny (signal SIGKILL). The next job starts a new one.',
  });
  expect(waiting).toMatchObject({ code: 'RUNTIME_DIED' });
  expect(waiting.message).toContain('the load of vae');
  expect(runtime.epoch).toBeGreaterThan(epoch);
  expect(warnings).toEqual(['the runtime process ended (signal SIGKILL); the next call starts another']);

  const fresh = await runtime.load(addGraph(), sessionOptions);
  expect(pidOf(runtime)).not.toBe(pid);
  expect(fresh.epoch).toBe(runtime.epoch);
  expect(valuesOf(await runtime.run(fresh, { x: [new Tensor([2], [1, 1])], r: [] }), 'y')).toEqual([2]);

  const stale = outputs.double as TensorHandle;
  expect(await failure(runtime.run(fresh, { x: [stale], r: [] }))).toMatchObject({
    code: 'HANDLE_STALE',
    data: { epoch, now: runtime.epoch },
  });
  expect((await failure(runtime.run(add, { x: [], r: [] }))).message).toContain(`add (its session was lost with runtime life ${epoch})`);
  await runtime.release([stale]);
  await runtime.unload(add);
  expect(await runtime.memory()).toMatchObject({ sessions: 1, handles: 0 });
});

test('a process that ends while nothing runs is replaced by the next call', async () => {
  const runtime = await start();
  const pid = pidOf(runtime);
  process.kill(pid, 'SIGABRT');
  expect(await goneWithin(pid, 5000)).toBeDefined();
  while (runtime.pid !== undefined) await pause(10);
  expect(await runtime.memory()).toEqual({ rss: 0, peakRss: 0, handles: 0, sessions: 0 });
  await runtime.releaseOwner('job-1');
  const session = await runtime.load(addGraph(), sessionOptions);
  expect(valuesOf(await runtime.run(session, { x: [new Tensor([2], [1, 1])], r: [] }), 'y')).toEqual([2]);
});

test('a process that shows no pulse is killed and replaced, in mid-step and between calls', async () => {
  for (const products of [0, 400]) {
    const runtime = await start({ stuckAfterMs: 1000 });
    const session = await runtime.load(slowGraph(Math.max(1, products)), slowOptions);
    const pid = pidOf(runtime);
    if (products === 0) process.kill(pid, 'SIGSTOP');
    const failed = failure(runtime.run(session, { x }));
    await pause(200);
    process.kill(pid, 'SIGSTOP');
    expect(await failed).toMatchObject({ code: 'RUNTIME_STUCK', data: { milliseconds: 1000 } });
    expect(isRunning(pid)).toBe(false);
    await runtime.load(addGraph(), sessionOptions);
  }
});

test('a long step is not stuck', async () => {
  const runtime = await start({ stuckAfterMs: 1000 });
  const session = await runtime.load(slowGraph(100), slowOptions);
  const { computeMs } = await runtime.run(session, { x });
  expect(computeMs).toBeGreaterThan(1500);
});

test('cancelling waits for the end of the step and keeps the process and its sessions', async () => {
  const runtime = await start();
  const { epoch } = runtime;
  const session = await runtime.load(slowGraph(20), slowOptions);
  const cancel = new AbortController();
  const running = failure(runtime.run(session, { x }, { signal: cancel.signal, keep: ['y'], owner: 'job-1' }));
  const waiting = failure(runtime.run(session, { x }, { signal: cancel.signal }));
  const other = runtime.run(session, { x });
  await pause(100);
  cancel.abort();
  expect(await waiting).toMatchObject({ code: 'JOB_CANCELLED' });
  expect(await running).toMatchObject({ code: 'JOB_CANCELLED' });
  expect(await failure(runtime.run(session, { x }, { signal: cancel.signal }))).toMatchObject({ code: 'JOB_CANCELLED' });
  expect(valuesOf(await other, 'y')).toHaveLength(1);
  expect(runtime.epoch).toBe(epoch);
  expect(await runtime.memory()).toMatchObject({ handles: 0, sessions: 1 });
});

test('a cancelled load leaves no session behind', async () => {
  const runtime = await start();
  const cancel = new AbortController();
  const loading = failure(runtime.load(slowGraph(400), slowOptions, cancel.signal));
  await pause(0);
  cancel.abort();
  expect(await loading).toMatchObject({ code: 'JOB_CANCELLED' });
  expect(await runtime.memory()).toMatchObject({ sessions: 0 });
});

test('a step that does not end after its cancellation is killed', async () => {
  const runtime = await start({ stuckAfterMs: 1000 });
  const session = await runtime.load(slowGraph(1000), slowOptions);
  const cancel = new AbortController();
  const running = failure(runtime.run(session, { x }, { signal: cancel.signal }));
  const waiting = failure(runtime.run(session, { x }));
  await pause(200);
  const pid = pidOf(runtime);
  cancel.abort();
  expect(await running).toMatchObject({ code: 'JOB_CANCELLED' });
  expect(await waiting).toMatchObject({ code: 'RUNTIME_STUCK' });
  expect(isRunning(pid)).toBe(false);
});

test('dispose ends a running step and refuses later calls', async () => {
  const runtime = await start();
  const session = await runtime.load(slowGraph(1000), slowOptions);
  const pid = pidOf(runtime);
  const pending = Promise.all([failure(runtime.run(session, { x })), failure(runtime.run(session, { x }))]);
  await pause(100);
  await runtime.dispose();
  await runtime.dispose();
  expect((await pending).map(({ code }) => code)).toEqual(['HOST_DISPOSED', 'HOST_DISPOSED']);
  expect(isRunning(pid)).toBe(false);
  expect(await failure(runtime.load(addGraph(), sessionOptions))).toMatchObject({ code: 'HOST_DISPOSED' });
  await runtime.release([]);
});

async function embedder(products: number, then: string): Promise<{ host: number; runtime: number; exit: Promise<unknown[]> }> {
  const script = fileURLToPath(new URL('fixtures/embedder.mjs', import.meta.url));
  const graph = Buffer.from(slowGraph(products).bytes).toString('base64');
  const child = spawn(process.execPath, [script, graph, then], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { host: child.pid as number, runtime: Number(line.toString()), exit };
}

test('the runtime process ends with its host: killed, leaving, or idle and finished', async () => {
  const killed = await embedder(1000, 'run');
  await pause(300);
  process.kill(killed.host, 'SIGKILL');
  const took = await goneWithin(killed.runtime, 2000);
  expect(took).toBeLessThan(2000);
  const left = await embedder(1000, 'exit');
  expect((await left.exit)[0]).toBe(3);
  expect(await goneWithin(left.runtime, 2000)).toBeDefined();
  const idle = await embedder(1, 'idle');
  expect((await idle.exit)[0]).toBe(0);
  expect(await goneWithin(idle.runtime, 2000)).toBeDefined();
});

test('Ctrl-C on the whole process group does not end a step', async () => {
  const runtime = await start();
  const session = await runtime.load(slowGraph(20), slowOptions);
  const running = runtime.run(session, { x });
  await pause(100);
  process.kill(pidOf(runtime), 'SIGINT');
  expect(isTensorHandle((await running).outputs.y)).toBe(false);
});
