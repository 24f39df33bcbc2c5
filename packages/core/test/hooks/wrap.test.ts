import type { Denoiser, Latent } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { describe, expect, it, vi } from 'vitest';
import { jobOf, latentOf, sealedSet, stepScope, unetPlan } from './hook-kit.js';

const feedsOf = (value: number): Parameters<Denoiser>[0] => ({ latent: latentOf(value), sigma: 1 }) as Parameters<Denoiser>[0];
const network = (): ReturnType<typeof vi.fn<Denoiser>> => vi.fn<Denoiser>(async ({ latent }) => latent.scale(2));
const loose = (value: unknown): never => value as never;

async function fiveSteps(denoise: Denoiser): Promise<readonly number[]> {
  const out: number[] = [];
  for (let index = 0; index < 5; index++) out.push((await denoise(feedsOf(index))).at(0));
  return out;
}

describe('wrap', () => {
  it('decorates, the last extension outermost', async () => {
    const { hooks } = sealedSet({
      'a.inner': (set) => set.sampling.denoiser.tap((inner) => async (feeds) => (await inner(feeds)).map((v) => v + 1)),
      'a.outer': (set) => set.sampling.denoiser.tap((inner) => async (feeds) => (await inner(feeds)).scale(10)),
    });
    const denoise = hooks.sampling.denoiser.wrap(network(), stepScope(jobOf()));
    expect(await fiveSteps(denoise)).toEqual([10, 30, 50, 70, 90]);
  });

  it('gives the function itself back when nobody decorates', () => {
    const { hooks } = sealedSet({});
    const inner = network();
    expect(hooks.sampling.denoiser.wrap(inner, stepScope(jobOf()))).toBe(inner);
  });

  it('a wrapper that throws after the network has run costs no second run', async () => {
    const { hooks } = sealedSet({
      'a.breaks': (set) =>
        set.sampling.denoiser.tap((inner) => {
          let calls = 0;
          return async (feeds) => {
            const denoised = await inner(feeds);
            if (++calls === 3) throw new Error('third');
            return denoised.map((v) => v + 100);
          };
        }),
      'a.good': (set) => set.sampling.denoiser.tap((inner) => async (feeds) => (await inner(feeds)).map((v) => v + 1)),
    });
    const inner = network();
    const job = jobOf();
    const denoise = hooks.sampling.denoiser.wrap(inner, stepScope(job));
    expect(await fiveSteps(denoise)).toEqual([101, 103, 5, 7, 9]);
    expect(inner).toHaveBeenCalledTimes(5);
    expect(hooks.ledgerOf(job).faults).toMatchObject([{ code: 'EXT_TAP_THREW', extension: 'a.breaks', hook: 'sampling.denoiser' }]);
  });

  it('a wrapper that throws before it, or while decorating, is passed by', async () => {
    const { hooks } = sealedSet({
      'a.before': (set) =>
        set.sampling.denoiser.tap(() => () => {
          throw new Error('before');
        }),
      'a.decorating': (set) =>
        set.sampling.denoiser.tap(() => {
          throw new Error('decorating');
        }),
      'a.nothing': (set) => set.sampling.denoiser.tap(() => loose(null)),
    });
    const inner = network();
    const job = jobOf();
    expect(await fiveSteps(hooks.sampling.denoiser.wrap(inner, stepScope(job)))).toEqual([0, 2, 4, 6, 8]);
    expect(inner).toHaveBeenCalledTimes(5);
    expect(hooks.ledgerOf(job).faults.map((fault) => [fault.code, fault.extension])).toEqual([
      ['EXT_TAP_THREW', 'a.decorating'],
      ['EXT_TAP_RETURNED', 'a.nothing'],
      ['EXT_TAP_THREW', 'a.before'],
    ]);
  });

  it.each([
    ['false', false],
    ['nothing', undefined],
    ['another shape', latentOf(1).concat(latentOf(2))],
  ])('a wrapper that returns %s is at fault, and the network runs once', async (_name, value) => {
    const { hooks } = sealedSet({
      'a.wrong': (set) =>
        set.sampling.denoiser.tap((inner) => async (feeds) => {
          await inner(feeds);
          return loose(value);
        }),
    });
    const inner = network();
    const job = jobOf();
    expect((await hooks.sampling.denoiser.wrap(inner, stepScope(job))(feedsOf(4))).at(0)).toBe(8);
    expect(inner).toHaveBeenCalledOnce();
    expect(hooks.ledgerOf(job).faults).toMatchObject([{ code: 'EXT_TAP_RETURNED', extension: 'a.wrong' }]);
  });

  it('the engine’s own error surfaces once and blames nobody', async () => {
    const { hooks } = sealedSet({
      'a.plain': (set) => set.sampling.denoiser.tap((inner) => (feeds) => inner(feeds)),
      'a.dresses': (set) =>
        set.sampling.denoiser.tap((inner) => async (feeds) => {
          try {
            return await inner(feeds);
          } catch (cause) {
            throw new Error('my own words', { cause });
          }
        }),
    });
    const inner = vi.fn<Denoiser>(() => Promise.reject(new HostError('RUNTIME_REFUSED', { work: 'unet', problem: 'x' })));
    const job = jobOf();
    await expect(hooks.sampling.denoiser.wrap(inner, stepScope(job))(feedsOf(1))).rejects.toMatchObject({ code: 'RUNTIME_REFUSED' });
    expect(inner).toHaveBeenCalledOnce();
    expect(hooks.ledgerOf(job).faults).toEqual([]);
  });

  it('cancellation passes through wrappers untouched', async () => {
    const { hooks } = sealedSet({
      'a.plain': (set) => set.sampling.denoiser.tap((inner) => async (feeds) => (await inner(feeds)).scale(1)),
    });
    const stop = new AbortController();
    const job = jobOf({}, stop.signal);
    const inner: Denoiser = async () => {
      stop.abort();
      throw new HostError('JOB_CANCELLED');
    };
    await expect(hooks.sampling.denoiser.wrap(inner, stepScope(job))(feedsOf(1))).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
    expect(hooks.ledgerOf(job).faults).toEqual([]);
  });

  it('a wrapper may try again after the engine’s error', async () => {
    const { hooks } = sealedSet({
      'a.retries': (set) => set.sampling.denoiser.tap((inner) => (feeds) => inner(feeds).catch(() => inner(feeds))),
    });
    const inner = vi.fn<Denoiser>(async ({ latent }) => latent).mockRejectedValueOnce(new Error('once'));
    const job = jobOf();
    expect((await hooks.sampling.denoiser.wrap(inner, stepScope(job))(feedsOf(3))).at(0)).toBe(3);
    expect(hooks.ledgerOf(job).faults).toEqual([]);
  });

  it('hangs are told by the wrapper’s own time, not the network’s', async () => {
    const { hooks } = sealedSet(
      {
        'a.patient': (set) => set.sampling.denoiser.tap((inner) => async (feeds) => (await inner(feeds)).map((v) => v + 1)),
        'a.hangs': (set) =>
          set.sampling.denoiser.tap((inner) => async (feeds) => {
            await inner(feeds);
            return new Promise<Latent>(() => {});
          }),
      },
      60,
    );
    const inner = vi.fn<Denoiser>(({ latent }) => new Promise((resolve) => setTimeout(() => resolve(latent), 150)));
    const job = jobOf();
    expect((await hooks.sampling.denoiser.wrap(inner, stepScope(job))(feedsOf(1))).at(0)).toBe(2);
    expect(inner).toHaveBeenCalledOnce();
    expect(hooks.ledgerOf(job).faults).toMatchObject([{ code: 'EXT_TAP_HUNG', extension: 'a.hangs' }]);
    const own = hooks.ledgerOf(job).timings.find((row) => row.extension === 'a.patient');
    expect(own?.milliseconds).toBeLessThan(40);
  });

  it('an abandoned wrapper cannot run the network later', async () => {
    let wake = (): void => {};
    const late: unknown[] = [];
    const { hooks } = sealedSet(
      {
        'a.hangs': (set) =>
          set.sampling.denoiser.tap((inner) => async (feeds) => {
            await new Promise<void>((resolve) => (wake = resolve));
            return inner(feeds).catch((error) => {
              late.push(error);
              throw error;
            });
          }),
      },
      30,
    );
    const inner = network();
    await hooks.sampling.denoiser.wrap(inner, stepScope(jobOf()))(feedsOf(1));
    wake();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(inner).toHaveBeenCalledOnce();
  });

  it('runs that overlap do not mix up what they remember', async () => {
    const { hooks } = sealedSet({
      'a.breaks': (set) =>
        set.sampling.denoiser.tap((inner) => async (feeds) => {
          await inner(feeds);
          throw new Error('always');
        }),
    });
    const denoise = hooks.sampling.denoiser.wrap(network(), stepScope(jobOf()));
    const out = await Promise.all([denoise(feedsOf(1)), denoise(feedsOf(5))]);
    expect(out.map((latent) => latent.at(0))).toEqual([2, 10]);
  });

  it('takes an inner function that answers at once', async () => {
    const { hooks } = sealedSet({ 'a.plain': (set) => set.sampling.denoiser.tap((inner) => (feeds) => inner(feeds)) });
    const inner = ({ latent }: { latent: Latent }): Latent => latent.scale(3);
    expect(await hooks.sampling.denoiser.wrap(inner as never, stepScope(jobOf()))(feedsOf(2))).toMatchObject({ shape: [1, 1, 2, 2] });
  });
});

describe('graph.module', () => {
  const value = { name: 'x', type: 'float32', shape: [1] } as const;
  const scope = (path: string) => ({ ...stepScope(jobOf()), plan: unetPlan, path, weightPrefix: 'model.diffusion_model.' });

  it('wraps only the modules its path names', () => {
    const { hooks } = sealedSet({
      'a.attention': (set) =>
        set.graph.module.tap({ path: 'unet.**.attn2', variant: () => 'flat' }, (inner) => (g, ...inputs) => ({
          ...inner(g, ...inputs),
          name: 'mine',
        })),
    });
    const emit = (): typeof value => value;
    expect(hooks.graph.module.matching('unet.middle_block.1.attn2')).toBe(true);
    expect(hooks.graph.module.matching('unet.middle_block.1.attn1')).toBe(false);
    expect(hooks.graph.module.wrap(emit, scope('unet.middle_block.1.attn2'))(loose({})).name).toBe('mine');
    expect(hooks.graph.module.wrap(emit, scope('unet.middle_block.1.attn1'))(loose({})).name).toBe('x');
  });

  it('modules within modules that fail alike are one fault', () => {
    const { hooks } = sealedSet({ 'a.async': (set) => set.graph.module.tap(loose((inner: () => unknown) => async () => inner())) });
    const ctx = scope('unet');
    const nested = hooks.graph.module.wrap(() => value, { ...ctx, path: 'unet.in' });
    expect(hooks.graph.module.wrap((g) => nested(g), ctx)(loose({}))).toBe(value);
    expect(hooks.ledgerOf(ctx.job).faults).toHaveLength(1);
  });

  it('a promise from it is that tap’s fault, and the module is emitted once', () => {
    const { hooks } = sealedSet({
      'a.async': (set) => set.graph.module.tap(loose((inner: () => unknown) => async () => inner())),
    });
    const emit = vi.fn(() => value);
    const ctx = scope('unet.out');
    expect(hooks.graph.module.wrap(emit, ctx)(loose({}))).toBe(value);
    expect(emit).toHaveBeenCalledOnce();
    expect(hooks.ledgerOf(ctx.job).faults).toMatchObject([{ code: 'EXT_TAP_RETURNED', extension: 'a.async', hook: 'graph.module' }]);
    expect(hooks.ledgerOf(ctx.job).faults[0]?.message).toContain('a promise');
  });
});
