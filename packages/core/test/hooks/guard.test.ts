import { Stage } from '@armature/sdk';
import { describe, expect, it } from 'vitest';
import { jobOf, latentOf, sealedSet, stepScope } from './hook-kit.js';

const loose = (value: unknown): never => value as never;

describe('kinds', () => {
  it('transform hands the value on and takes replacements', async () => {
    const { hooks } = sealedSet({
      'a.none': (set) => set.sampling.guided.tap(() => undefined),
      'a.plus': (set) => set.sampling.guided.tap((latent) => latent.map((v) => v + 1)),
      'a.later': (set) => set.sampling.guided.tap(async (latent) => latent.scale(10)),
    });
    const out = await hooks.sampling.guided.transform(latentOf(1), stepScope(jobOf()));
    expect([...out.toFloat32Array()]).toEqual([20, 20, 20, 20]);
  });

  it('gives the value itself back when nobody taps', async () => {
    const { hooks } = sealedSet({});
    const latent = latentOf(1);
    expect(hooks.sampling.guided.tapped).toBe(false);
    expect(await hooks.sampling.guided.transform(latent, stepScope(jobOf()))).toBe(latent);
  });

  it('first stops at the first answer, and a fault asks the next', async () => {
    const asked: string[] = [];
    const { hooks } = sealedSet({
      'a.silent': (set) => set.sampling.guidance.tap(() => void asked.push('silent')),
      'a.broken': (set) =>
        set.sampling.guidance.tap(() => {
          throw new Error('no');
        }),
      'a.answers': (set) => set.sampling.guidance.tap((question) => question.cond),
      'a.never': (set) => set.sampling.guidance.tap(() => void asked.push('never')),
    });
    const question = { cond: latentOf(1), uncond: latentOf(0), cfgScale: 7, latent: latentOf(3) };
    expect(await hooks.sampling.guidance.first(question, stepScope(jobOf()))).toBe(question.cond);
    expect(asked).toEqual(['silent']);
  });

  it('observe ignores what is returned', async () => {
    const seen: number[] = [];
    const { hooks } = sealedSet({
      'a.one': (set) => set.sampling.step.tap((report) => loose(seen.push(report.latent.at(0)))),
      'a.two': (set) => set.sampling.step.tap((report) => void seen.push(report.latent.at(0) * 2)),
    });
    const job = jobOf();
    await hooks.sampling.step.observe({ latent: latentOf(4), denoised: latentOf(4) }, stepScope(job));
    expect(seen).toEqual([4, 8]);
    expect(hooks.ledgerOf(job).faults).toEqual([]);
  });
});

describe('order', () => {
  it('goes by stage, then by extension, then by the order of tapping', async () => {
    const said: string[] = [];
    const { hooks } = sealedSet({
      'a.first': (set) => {
        set.sampling.guided.tap(() => void said.push('first default'));
        set.sampling.guided.tap({ stage: Stage.Last, variant: () => '' }, () => void said.push('first last'));
        set.sampling.guided.tap(() => void said.push('first default again'));
      },
      'a.second': (set) => {
        set.sampling.guided.tap(() => void said.push('second early'), { stage: Stage.Early });
        set.sampling.guided.tap(() => void said.push('second default'));
      },
    });
    await hooks.sampling.guided.transform(latentOf(1), stepScope(jobOf()));
    expect(said).toEqual(['second early', 'first default', 'first default again', 'second default', 'first last']);
  });
});

describe('arguments', () => {
  it('reach each extension with its own context and log', async () => {
    const seen: unknown[] = [];
    const { hooks } = sealedSet({
      'a.given': (set) => set.sampling.guided.tap((_latent, ctx) => void seen.push(ctx.args.from)),
      'a.default': (set) => set.sampling.guided.tap((_latent, ctx) => void seen.push(ctx.args.from)),
      'a.off': (set) => set.sampling.guided.tap(() => void seen.push('off')),
    });
    const job = jobOf({ 'a.given': { enabled: true, from: 0.2 }, 'a.off': { enabled: false } });
    await hooks.sampling.guided.transform(latentOf(1), stepScope(job));
    expect(seen).toEqual([0.2, 0.7]);
  });

  it('a tap that writes on its context writes on its own copy', async () => {
    const seen: unknown[] = [];
    const { hooks } = sealedSet({
      'a.rude': (set) => set.sampling.guided.tap((_latent, ctx) => void Object.assign(ctx, { step: 'mine' })),
      'a.next': (set) => set.sampling.guided.tap((_latent, ctx) => void seen.push(ctx.step.index)),
    });
    await hooks.sampling.guided.transform(latentOf(1), stepScope(jobOf(), 2));
    expect(seen).toEqual([2]);
  });
});

describe('time', () => {
  it('is measured by extension and hook, in the job and in all', async () => {
    const { hooks } = sealedSet({
      'a.slow': (set) => set.sampling.guided.tap(() => new Promise((resolve) => setTimeout(resolve, 20))),
      'a.fast': (set) => {
        set.sampling.guided.tap(() => undefined);
        set.sampling.guided.tap(() => undefined);
      },
    });
    const job = jobOf();
    for (let index = 0; index < 2; index++) await hooks.sampling.guided.transform(latentOf(1), stepScope(job, index));
    await hooks.sampling.guided.transform(latentOf(1), stepScope(jobOf()));
    const [slow, fast] = hooks.ledgerOf(job).timings;
    expect(slow).toMatchObject({ extension: 'a.slow', hook: 'sampling.guided', calls: 2 });
    expect(slow?.milliseconds).toBeGreaterThan(30);
    expect(fast).toMatchObject({ extension: 'a.fast', calls: 4 });
    expect(hooks.ledger.timings[0]?.calls).toBe(3);
  });
});
