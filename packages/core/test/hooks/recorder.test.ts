import { describe, expect, it, vi } from 'vitest';
import { jobOf, latentOf, sealedSet, stepScope } from './hook-kit.js';

const loose = (value: unknown): never => value as never;

describe('taps are recorded in setup only', () => {
  it('a late tap changes nothing and is a fault of the job that made it', async () => {
    const late = vi.fn();
    const { hooks } = sealedSet({
      'a.late': (set) => set.sampling.guided.tap(() => set.sampling.guided.tap(late)),
      'a.good': (set) => set.sampling.guided.tap((latent) => latent.map((v) => v + 1)),
    });
    const job = jobOf();
    await hooks.sampling.guided.transform(latentOf(1), stepScope(job, 1));
    expect((await hooks.sampling.guided.transform(latentOf(1), stepScope(job, 2))).at(0)).toBe(2);
    expect(late).not.toHaveBeenCalled();
    expect(hooks.ledgerOf(job).faults).toMatchObject([
      { code: 'EXT_SEALED', extension: 'a.late', hook: 'sampling.guided', job: 'job-1', step: 1 },
    ]);
  });

  it('a late tap from nowhere is a fault of the generation, not a crash', async () => {
    const { hooks } = sealedSet({
      'a.late': (set) => void setTimeout(() => set.image.each.tap(() => undefined), 1),
    });
    await vi.waitFor(() => expect(hooks.ledger.faults).toHaveLength(1));
    expect(hooks.ledger.faults[0]).toMatchObject({ code: 'EXT_SEALED', extension: 'a.late', hook: 'image.each' });
  });

  it.each([
    ['an unknown option', () => undefined, { before: 'a.good' }, /"before"/],
    ['another name', () => undefined, { name: 'a.good' }, /"name"/],
    ['a stage in words', () => undefined, { stage: 'late' }, /stage is "late"/],
    ['no function', undefined, {}, /in place of a function/],
    ['a path on another hook', () => undefined, { path: 'unet.**' }, /graph\.module/],
  ])('refuses %s', (_name, fn, options, message) => {
    expect(() => sealedSet({ 'a.wrong': (set) => set.sampling.guided.tap(loose(fn), loose(options)) })).toThrow(message);
  });

  it('cannot be changed by the extension', () => {
    sealedSet({
      'a.rude': (set) => {
        expect(() => Object.assign(set.sampling, { guided: undefined })).toThrow(TypeError);
        expect(() => Object.assign(set.sampling.guided, { tap: undefined })).toThrow(TypeError);
      },
    });
  });
});
