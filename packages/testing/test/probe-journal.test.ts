import { Raster, Tensor } from '@armature/sdk';
import { expect, it } from 'vitest';
import { ProbeJournal } from '../src/probe/probe-journal.js';

it('lets go of old values and keeps what it said of them', () => {
  const journal = new ProbeJournal();
  const large = (value: number): Tensor => new Tensor(new Float32Array(5 * 2 ** 20).fill(value), [5, 2 ** 20]);
  // 20 MiB each: of four calls the first must give its tensor back, and so must the second once the last comes out changed.
  const calls = [1, 2, 3].map((value) => journal.begin('sampling.done', 'transform', large(value), {}));
  for (const call of calls.toReversed()) journal.end(call, call.value);
  const last = journal.begin('sampling.done', 'transform', large(4), {});
  expect(() => calls[0]?.value).toThrow('the values of call 0 (sampling.done) were let go: a probe keeps the latest 64 MiB');
  expect(calls[0]?.summary).toBe('Tensor [5, 1048576], 1 to 1, mean 1');
  expect((calls[1]?.value as Tensor | undefined)?.at(0)).toBe(2);
  journal.end(last, large(5));
  expect(() => calls[1]?.value).toThrow('let go');
  expect((calls[2]?.value as Tensor | undefined)?.at(0)).toBe(3);
  expect(last.changed).toBe(true);
});

it('forgets the oldest calls and counts them', () => {
  const journal = new ProbeJournal();
  const pixel = new Raster([1, 2, 3], { width: 1, height: 1, channels: 3 });
  for (let i = 0; i < 10_003; i++) journal.end(journal.begin('image.each', 'transform', pixel, { index: i }), pixel);
  expect(journal.calls).toHaveLength(10_000);
  expect(journal.dropped).toBe(3);
  expect(journal.calls[0]?.index).toBe(3);
  expect(journal.calls[0]?.value).toBe(pixel);
});

it('tells calls apart that are under way at once', () => {
  const journal = new ProbeJournal();
  const outer = journal.begin('graph.module', 'wrap', ['g'], { path: 'unet' });
  const inner = journal.begin('graph.module', 'wrap', ['g'], { path: 'unet.out' });
  expect(journal.under('graph.module', { path: 'unet' })).toBe(outer);
  journal.end(inner, 'value');
  expect(journal.under('graph.module', { path: 'unet.out' })).toBeUndefined();
  expect(journal.under('graph.module', { path: 'unet', job: { id: 'another' } })).toBeUndefined();
});
