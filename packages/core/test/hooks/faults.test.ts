import { HostError } from '@armature/sdk/host';
import { describe, expect, it, vi } from 'vitest';
import { jobOf, latentOf, sealedSet, stepScope } from './hook-kit.js';

const loose = (value: unknown): never => value as never;

describe('faults', () => {
  const broken = {
    throws: () => {
      throw new Error('snapped');
    },
    rejects: () => Promise.reject(new Error('snapped')),
    'throws a string': () => {
      throw 'snapped';
    },
  };
  it.each(Object.entries(broken))('a tap that %s is named, and out for the job', async (_name, fn) => {
    const calls = vi.fn(fn);
    const { hooks } = sealedSet({
      'a.bad': (set) => set.sampling.guided.tap(calls as never),
      'a.good': (set) => set.sampling.guided.tap((latent) => latent.map((v) => v + 1)),
    });
    const job = jobOf();
    let latent = latentOf(0);
    for (let index = 3; index < 6; index++) latent = await hooks.sampling.guided.transform(latent, stepScope(job, index));
    expect(latent.at(0)).toBe(3);
    expect(calls).toHaveBeenCalledTimes(1);
    const [fault, ...more] = hooks.ledgerOf(job).faults;
    expect(more).toEqual([]);
    expect(fault).toMatchObject({ code: 'EXT_TAP_THREW', extension: 'a.bad', hook: 'sampling.guided', job: 'job-1', step: 3 });
    expect(fault?.message).toContain('snapped');
    expect(fault?.at).toBeGreaterThan(0);
  });

  it('quarantine ends with the job', async () => {
    const calls = vi.fn(() => {
      throw new Error('again');
    });
    const { hooks } = sealedSet({ 'a.bad': (set) => set.sampling.guided.tap(calls) });
    for (const job of [jobOf(), jobOf()]) {
      await hooks.sampling.guided.transform(latentOf(0), stepScope(job));
      await hooks.sampling.guided.transform(latentOf(0), stepScope(job));
      expect(hooks.ledgerOf(job).faults).toHaveLength(1);
    }
    expect(calls).toHaveBeenCalledTimes(2);
  });

  const wrong = {
    false: false,
    null: null,
    'a number': 1,
    'a bare array': [1, 2, 3, 4],
    'a latent of another shape': latentOf(1).concat(latentOf(1)),
    'a promise of false': Promise.resolve(false),
  };
  it.each(Object.entries(wrong))('a transform that returns %s is at fault itself', async (_name, value) => {
    const { hooks } = sealedSet({
      'a.wrong': (set) => set.sampling.guided.tap(() => loose(value)),
      'a.good': (set) => set.sampling.guided.tap((latent) => latent.map((v) => v + 1)),
    });
    const job = jobOf();
    const out = await hooks.sampling.guided.transform(latentOf(1), stepScope(job));
    expect(out.at(0)).toBe(2);
    expect(hooks.ledgerOf(job).faults).toMatchObject([{ code: 'EXT_TAP_RETURNED', extension: 'a.wrong' }]);
    expect(hooks.ledgerOf(job).faults[0]?.message).toMatch(/expected Latent or nothing/);
  });

  it('a tap that hangs is named after the timeout, and its late answer dropped', async () => {
    let answer: (value: never) => void = () => {};
    const { hooks } = sealedSet(
      {
        'a.hangs': (set) => set.sampling.guided.tap(() => new Promise((resolve) => (answer = resolve))),
        'a.good': (set) => set.sampling.guided.tap((latent) => latent.map((v) => v + 1)),
      },
      40,
    );
    const job = jobOf();
    const out = await hooks.sampling.guided.transform(latentOf(1), stepScope(job));
    answer(loose(latentOf(99)));
    expect(out.at(0)).toBe(2);
    expect(hooks.ledgerOf(job).faults).toMatchObject([{ code: 'EXT_TAP_HUNG', extension: 'a.hangs', hook: 'sampling.guided' }]);
  });

  it('cancelling lets go of a waiting tap at once, without a fault', async () => {
    const stop = new AbortController();
    const { hooks } = sealedSet({ 'a.hangs': (set) => set.sampling.guided.tap(() => new Promise(() => {})) });
    const job = jobOf({}, stop.signal);
    const waiting = hooks.sampling.guided.transform(latentOf(1), stepScope(job));
    stop.abort();
    expect((await waiting).at(0)).toBe(1);
    expect(hooks.ledgerOf(job).faults).toEqual([]);
  });

  it('a job that has ended leaves no listener on its signal', async () => {
    const { signal } = new AbortController();
    const { hooks } = sealedSet({ 'a.slow': (set) => set.sampling.guided.tap(async () => undefined) });
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    const job = jobOf({}, signal);
    for (let index = 0; index < 3; index++) await hooks.sampling.guided.transform(latentOf(1), stepScope(job));
    hooks.ledgerOf(job).close();
    expect(added).toHaveBeenCalledOnce();
    expect(removed.mock.calls[0]?.slice(0, 2)).toEqual(added.mock.calls[0]?.slice(0, 2));
  });

  it('a tap that is told of the cancellation is not to blame', async () => {
    const stop = new AbortController();
    const { hooks } = sealedSet({
      'a.runs': (set) =>
        set.sampling.feeds.tap(() => {
          stop.abort();
          throw new HostError('JOB_CANCELLED');
        }),
    });
    const job = jobOf({}, stop.signal);
    await hooks.sampling.feeds.transform(loose({ latent: latentOf(1) }), stepScope(job));
    expect(hooks.ledgerOf(job).faults).toEqual([]);
  });

  it('job.done speaks to those at fault too', async () => {
    const done = vi.fn();
    const { hooks } = sealedSet({
      'a.bad': (set) => {
        set.sampling.guided.tap(() => {
          throw new Error('x');
        });
        set.job.done.tap(done);
      },
    });
    const job = jobOf();
    await hooks.sampling.guided.transform(latentOf(1), stepScope(job));
    await hooks.job.done.observe({ status: 'done', faults: [], milliseconds: 1 }, stepScope(job));
    expect(done).toHaveBeenCalledOnce();
  });

  it('outside jobs a fault is kept, nobody is put out, and the list does not grow for ever', async () => {
    const calls = vi.fn(() => {
      throw new Error('x');
    });
    const { hooks } = sealedSet({ 'a.bad': (set) => set.ui.page.tap(calls) });
    const page = { slots: {} };
    for (let index = 0; index < 600; index++)
      expect(await hooks.ui.page.transform(page, stepScope(jobOf()) && { log: stepScope(jobOf()).log })).toBe(page);
    expect(calls).toHaveBeenCalledTimes(600);
    expect(hooks.ledger.faults).toHaveLength(500);
    expect(hooks.ledger.faults[0]).not.toHaveProperty('job');
  });
});

describe('values', () => {
  const infotext = () => ({ prompt: 'p', negativePrompt: '', fields: new Map<string, string>([['Steps', '5']]) });
  const image = (job = jobOf()) => ({ ...stepScope(job), index: 0, seed: 1, subseed: 1, prompt: 'p', negativePrompt: '' });

  it('cannot be written into: the attempt is a fault, and nothing of it stays', async () => {
    const { hooks } = sealedSet({
      'a.writes': (set) => set.image.infotext.tap((value) => void (value.fields as Map<string, string>).set('Mine', 'x')),
      'a.assigns': (set) => set.image.infotext.tap((value) => void Object.assign(value, { prompt: 'other' })),
      'a.lawful': (set) => set.image.infotext.tap((value) => ({ ...value, fields: new Map([...value.fields, ['Good', 'y']]) })),
      'a.after': (set) => set.image.infotext.tap((value) => void (value.fields as Map<string, string>).clear()),
    });
    const job = jobOf();
    const out = await hooks.image.infotext.transform(infotext(), image(job));
    expect([...out.fields]).toEqual([
      ['Steps', '5'],
      ['Good', 'y'],
    ]);
    expect(out.prompt).toBe('p');
    expect(hooks.ledgerOf(job).faults.map((fault) => [fault.code, fault.extension])).toEqual([
      ['EXT_TAP_THREW', 'a.writes'],
      ['EXT_TAP_THREW', 'a.assigns'],
      ['EXT_TAP_THREW', 'a.after'],
    ]);
  });

  it.each([
    ['a step count in words', { steps: 'twenty' }],
    ['no noise levels', { sigmas: [] }],
    ['a level that is no number', { sigmas: [1, Number.NaN] }],
  ])('are checked member by member: %s', async (_name, change) => {
    const plan = { sampler: 'Euler', scheduler: 'Automatic', steps: 5, sigmas: [1, 0], cfgScale: 7 };
    const { hooks } = sealedSet({ 'a.wrong': (set) => set.sampling.plan.tap((value) => ({ ...value, ...change }) as never) });
    const job = jobOf();
    expect(await hooks.sampling.plan.transform(plan, stepScope(job))).toBe(plan);
    expect(hooks.ledgerOf(job).faults).toMatchObject([{ code: 'EXT_TAP_RETURNED', extension: 'a.wrong' }]);
  });

  it('a list of faults that was handed out does not change', async () => {
    const { hooks } = sealedSet({ 'a.wrong': (set) => set.sampling.guided.tap(() => loose(1)) });
    const job = jobOf();
    const before = hooks.ledgerOf(job).faults;
    await hooks.sampling.guided.transform(latentOf(1), stepScope(job));
    expect(before).toEqual([]);
    expect(hooks.ledgerOf(job).faults).toHaveLength(1);
  });
});
