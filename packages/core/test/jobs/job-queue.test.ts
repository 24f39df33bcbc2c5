import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { JobQueue } from '../../src/jobs/index.js';

const never = new AbortController().signal;
const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

it('runs one job at a time in the order they came, also past one that fails', async () => {
  const queue = new JobQueue();
  const told: string[] = [];
  const job = (name: string) => async (): Promise<string> => {
    told.push(`${name} begins`);
    await turn();
    told.push(`${name} ends`);
    if (name === 'two') throw new Error(name);
    return name;
  };
  const ended = await Promise.allSettled(['one', 'two', 'three'].map((name) => queue.run(job(name), never)));
  expect(told).toEqual(['one begins', 'one ends', 'two begins', 'two ends', 'three begins', 'three ends']);
  expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await queue.run(async () => 'four', never)).toBe('four');
});

it('lets a waiting job leave at once, and never begins it', async () => {
  const queue = new JobQueue();
  const cancel = new AbortController();
  let begun = false;
  const first = queue.run(turn, never);
  const second = queue.run(async () => {
    begun = true;
  }, cancel.signal);
  cancel.abort();
  await expect(second).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
  await expect(queue.run(turn, cancel.signal)).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
  await first;
  await queue.run(turn, never);
  expect(begun).toBe(false);
});

it('keeps nothing of jobs that have ended while others wait', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const queue = new JobQueue();
  const kept: WeakRef<object>[] = [];
  const ask = (): Promise<unknown> => {
    const picture = { bytes: new Uint8Array(8) };
    kept.push(new WeakRef(picture));
    return queue.run(async () => picture, never).then(() => undefined);
  };
  // One is always waiting, as in a host that is never idle.
  let waiting = ask();
  for (let count = 0; count < 20; count++) {
    const next = ask();
    await waiting;
    waiting = next;
  }
  const last = queue.run(() => new Promise<void>((done) => setTimeout(done, 50)), never);
  await waiting;
  await turn();
  collect();
  expect(kept.filter((ref) => ref.deref())).toEqual([]);
  await last;
});
