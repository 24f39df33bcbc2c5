import { setTimeout as pause } from 'node:timers/promises';
import { Tensor } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AcquireRequest, createSessionPool, type Runtime, type SessionPool, startRuntime } from '../../src/runtime/index.js';
import { addGraph, sessionOptions, slowGraph, valuesOf } from './graphs.js';

const MIB = 2 ** 20;
let runtime: Runtime;
let pool: SessionPool;
/** Labels in the order their graphs were emitted. */
let emitted: string[];

beforeEach(async () => {
  runtime = await startRuntime();
  pool = createSessionPool({ runtime, budgetBytes: 100 * MIB });
  emitted = [];
});
afterEach(async () => {
  await pool.dispose();
  await runtime.dispose();
});

function request(label: string, mebibytes: number, more: { cacheable?: boolean; signal?: AbortSignal } = {}): AcquireRequest {
  return {
    label,
    options: sessionOptions,
    signal: more.signal,
    emit: async () => {
      emitted.push(label);
      await pause(5);
      return { graph: { ...addGraph(label), weightBytes: mebibytes * MIB }, cacheable: more.cacheable ?? true };
    },
  };
}
const x = { x: [new Tensor([2], [1, 1])], r: [] };
const keys = (): string[] => pool.stats().entries.map(({ key }) => key);
const sessions = async (): Promise<number> => (await runtime.memory()).sessions;
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    ({ code }: HostError) => code,
  );

test('a hit emits nothing and gives the same session', async () => {
  const first = await pool.acquire('a', request('unet', 10));
  expect(valuesOf(await first.run(x), 'y')).toEqual([2]);
  await first.release();
  const second = await pool.acquire('a', request('unet', 10));
  expect(valuesOf(await second.run(x), 'y')).toEqual([2]);
  expect(emitted).toEqual(['unet']);
  expect(pool.stats()).toMatchObject({ hits: 1, loads: 1, evictions: 0, usedBytes: 10 * MIB, budgetBytes: 100 * MIB });
  expect(await sessions()).toBe(1);
  await second.release();
  await expect(second.run(x)).rejects.toThrow('the session of unet was used after its lease had ended');
});

test('concurrent calls for one key share one load', async () => {
  const leases = await Promise.all(Array.from({ length: 5 }, () => pool.acquire('a', request('unet', 10))));
  expect(emitted).toEqual(['unet']);
  expect(pool.stats().entries).toEqual([{ key: 'a', label: 'unet', bytes: 10 * MIB, leases: 5 }]);
  await Promise.all(leases.map((lease) => lease.release()));
  await leases[0]?.release();
  expect(pool.stats().entries[0]?.leases).toBe(0);
});

test('the least recently used session goes when another needs its room', async () => {
  const use = async (key: string): Promise<void> => (await pool.acquire(key, request(key, 40))).release();
  await use('a');
  await use('b');
  await use('a');
  await use('c');
  expect(keys().sort()).toEqual(['a', 'c']);
  expect(await sessions()).toBe(2);
  await use('b');
  expect(keys().sort()).toEqual(['b', 'c']);
  expect(emitted).toEqual(['a', 'b', 'c', 'b']);
  expect(pool.stats()).toMatchObject({ evictions: 2, usedBytes: 80 * MIB });
});

test('what does not fit beside leased sessions is refused with both numbers', async () => {
  const held = await pool.acquire('a', request('unet of one', 60));
  const refused = pool.acquire('b', request('unet of two', 60));
  await expect(refused).rejects.toMatchObject({
    code: 'RUNTIME_MEMORY',
    status: 507,
    message: 'unet of two needs about 120 MiB, the budget is 100 MiB. Make the picture smaller, close other models or raise --memory.',
  });
  expect(keys()).toEqual(['a']);
  await held.release();
  await (await pool.acquire('b', request('unet of two', 60))).release();
  expect(keys()).toEqual(['b']);
  expect(await codeOf(pool.acquire('c', request('giant', 101)))).toBe('RUNTIME_MEMORY');
  expect(await sessions()).toBe(await runtime.memory().then(() => pool.stats().entries.length));
});

test('two loads at once cannot book the same room', async () => {
  const codes = await Promise.all([codeOf(pool.acquire('a', request('a', 60))), codeOf(pool.acquire('b', request('b', 60)))]);
  expect(codes.sort()).toEqual(['RUNTIME_MEMORY', 'done']);
  expect(pool.stats().usedBytes).toBe(60 * MIB);
});

test('a graph emitted under a fault serves its own lease only', async () => {
  const [own, other] = await Promise.all([
    pool.acquire('a', request('faulted', 10, { cacheable: false })),
    pool.acquire('a', request('sound', 10)),
  ]);
  expect(emitted).toEqual(['faulted', 'sound']);
  expect(await sessions()).toBe(2);
  await own.release();
  expect(await sessions()).toBe(1);
  await other.release();
  await (await pool.acquire('a', request('again', 10))).release();
  expect(emitted).toEqual(['faulted', 'sound']);
});

test('sessions of a lost process are loaded again', async () => {
  const kept = await pool.acquire('a', request('unet', 60));
  await (await pool.acquire('b', request('vae', 30))).release();
  process.kill(runtime.pid as number, 'SIGKILL');
  expect(await codeOf(kept.run(x))).toBe('RUNTIME_DIED');
  const again = await pool.acquire('a', request('unet', 60));
  expect(valuesOf(await again.run(x), 'y')).toEqual([2]);
  expect(keys()).toEqual(['a']);
  expect(pool.stats().usedBytes).toBe(60 * MIB);
  await kept.release();
  expect(valuesOf(await again.run(x), 'y')).toEqual([2]);
  expect(pool.stats().entries).toEqual([{ key: 'a', label: 'unet', bytes: 60 * MIB, leases: 1 }]);
});

test('a failed emission or load leaves nothing behind and is tried again', async () => {
  const broken: AcquireRequest = {
    ...request('unet', 10),
    emit: () => Promise.reject(new HostError('GRAPH_ILLEGAL', { network: 'unet' })),
  };
  expect(await Promise.all([codeOf(pool.acquire('a', broken)), codeOf(pool.acquire('a', broken))])).toEqual([
    'GRAPH_ILLEGAL',
    'GRAPH_ILLEGAL',
  ]);
  const rubbish = { bytes: Uint8Array.of(1), externalFolder: '', weightBytes: MIB, label: 'rubbish' };
  const refused: AcquireRequest = { ...request('unet', 10), emit: async () => ({ graph: rubbish, cacheable: true }) };
  expect(await codeOf(pool.acquire('a', refused))).toBe('RUNTIME_REFUSED');
  expect(pool.stats()).toMatchObject({ entries: [], usedBytes: 0 });
  await (await pool.acquire('a', request('unet', 10))).release();
  expect(keys()).toEqual(['a']);
});

test('a cancelled wait ends at once; the load goes on and is kept', async () => {
  const slow = await pool.acquire('slow', {
    ...request('slow', 1),
    emit: async () => ({ graph: slowGraph(20), cacheable: true }),
  });
  const running = slow.run({ x: [new Tensor([0.001], [1, 1])] });
  const cancel = new AbortController();
  const waiting = pool.acquire('a', request('unet', 10, { signal: cancel.signal }));
  const other = pool.acquire('a', request('unet', 10));
  await pause(50);
  cancel.abort();
  expect(await codeOf(waiting)).toBe('JOB_CANCELLED');
  expect(pool.stats().entries.find(({ key }) => key === 'a')?.leases).toBe(1);
  expect(await codeOf(pool.acquire('a', request('unet', 10, { signal: cancel.signal })))).toBe('JOB_CANCELLED');
  await running;
  expect(valuesOf(await (await other).run(x), 'y')).toEqual([2]);
  expect(emitted).toEqual(['unet']);
});

test('a job that was cancelled while it emitted does not cancel those who wait for the same key', async () => {
  const cancelled: AcquireRequest = {
    ...request('first', 10),
    emit: () => pause(20).then(() => Promise.reject(new HostError('JOB_CANCELLED'))),
  };
  const first = codeOf(pool.acquire('a', cancelled));
  const second = pool.acquire('a', request('second', 10));
  expect(await first).toBe('JOB_CANCELLED');
  expect(valuesOf(await (await second).run(x), 'y')).toEqual([2]);
  expect(emitted).toEqual(['second']);
});

test('eviction by prefix or by choice frees idle sessions now and leased ones when given back', async () => {
  const held = await pool.acquire('tiny/unet', request('unet', 10));
  for (const key of ['tiny/vae', 'big/unet']) await (await pool.acquire(key, request(key, 10))).release();
  await pool.evict('tiny/');
  expect(keys()).toEqual(['tiny/unet', 'big/unet']);
  expect(valuesOf(await held.run(x), 'y')).toEqual([2]);
  const fresh = await pool.acquire('tiny/unet', request('unet again', 10));
  expect(emitted.at(-1)).toBe('unet again');
  await held.release();
  expect(await sessions()).toBe(2);
  await fresh.release();
  await pool.evict((key) => key.endsWith('unet'));
  expect(keys()).toEqual([]);
  expect(await sessions()).toBe(0);
});

test('dispose frees all sessions and refuses later calls', async () => {
  await pool.acquire('a', request('a', 10));
  await (await pool.acquire('b', request('b', 10))).release();
  const loading = pool.acquire('c', request('c', 10));
  const code = codeOf(loading.then((lease) => lease.run(x)));
  await pool.dispose();
  expect(await code).toBe('HOST_DISPOSED');
  expect(await codeOf(pool.acquire('d', request('d', 10)))).toBe('HOST_DISPOSED');
  expect(await sessions()).toBe(0);
});
