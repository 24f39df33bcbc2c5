import { createToken, defineExtension, field, type SamplerContribution, STORAGE } from '@armature/sdk';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { Scope } from '../../src/di/index.js';
import { jobOf, latentOf, stepScope } from '../hooks/hook-kit.js';
import { generationOf, sourceOf } from './generation-kit.js';

const sampler = (name: string, more: Partial<SamplerContribution> = {}): SamplerContribution => ({
  name,
  kind: 'sigma',
  sample: (run) => Promise.resolve(run.latent),
  ...more,
});
const states = (generation: Awaited<ReturnType<typeof generationOf>>): Record<string, string> =>
  Object.fromEntries(generation.extensions().map(({ id, state }) => [id, state]));

describe('a healthy extension', () => {
  it('is reported with what it taps and contributes', async () => {
    const generation = await generationOf({
      extensions: [
        sourceOf('acme.late', {
          args: { from: field.number(0.7, { min: 0, max: 1 }).infotext('Late from') },
          setup({ hooks, contribute }) {
            hooks.sampling.guided.tap(() => undefined);
            hooks.image.each.tap(() => undefined);
            contribute.sampler(sampler('Fancy'));
          },
        }),
      ],
    });
    const [report] = generation.extensions();
    expect(report).toMatchObject({
      id: 'acme.late',
      version: '1.2.3',
      state: 'active',
      cause: undefined,
      hooks: ['sampling.guided', 'image.each'],
      contributions: ['sampler acme.late/Fancy'],
      args: { properties: { enabled: { default: true }, from: { maximum: 1, infotext: 'Late from' } } },
    });
    expect(generation.active).toHaveLength(1);
    expect(generation.faults).toEqual([]);
  });

  it('is told that all is ready, after every setup', async () => {
    const said: unknown[] = [];
    await generationOf({
      extensions: [
        sourceOf('a.one', { setup: ({ hooks }) => hooks.startup.ready.tap((ready) => void said.push(ready.extensions)) }),
        sourceOf('b.two', { setup: () => void said.push('setup of b') }),
      ],
    });
    expect(said).toEqual(['setup of b', ['a.one', 'b.two']]);
  });

  it('hears of readiness after the builder’s last word', async () => {
    const said: string[] = [];
    const extensions = [sourceOf('a.one', { setup: ({ hooks }) => hooks.startup.ready.tap(() => void said.push('ready')) })];
    const beforeReady = async (): Promise<void> => void said.push('before');
    await generationOf({ extensions }, { beforeReady });
    expect(said).toEqual(['before', 'ready']);
    const scope = new Scope('host');
    await expect(generationOf({ extensions }, { scope, beforeReady: () => Promise.reject(new Error('no')) })).rejects.toThrow('no');
  });

  it('gets parsed options, its log, and tokens; offers to those that come later', async () => {
    const API = createToken<{ hello(): string }>('acme.hello');
    const lines: string[] = [];
    const heard: unknown[] = [];
    const log = { debug() {}, warn() {}, error() {}, info: (line: string) => void lines.push(line) };
    await generationOf(
      {
        options: { 'acme.user': { amount: 1.5 } },
        extensions: [
          sourceOf(
            'acme.user',
            {
              options: { amount: field.number(0.4), name: field.text('x') },
              setup({ use, options, log: own }) {
                own.info('here');
                heard.push(use(API).hello(), options, use(STORAGE).folder);
              },
            },
            { requires: ['zeta.giver'] },
          ),
          sourceOf('zeta.giver', { setup: ({ offer }) => offer(API, { hello: () => 'hello' }) }),
        ],
      },
      { log, data: '/data' },
    );
    expect(heard).toEqual(['hello', { amount: 1.5, name: 'x' }, '/data/extensions/acme.user']);
    expect(lines).toEqual(['[acme.user] here']);
  });
});

describe('a failing extension', () => {
  const neighbour = sourceOf('zz.neighbour', {
    setup({ hooks, contribute }) {
      hooks.sampling.guided.tap((latent) => latent.map((v) => v + 1));
      contribute.sampler(sampler('Neighbour'));
    },
  });

  it('is rolled back whole: taps, contributions, offers, disposers run', async () => {
    const API = createToken<number>('acme.number');
    const disposed = vi.fn();
    const generation = await generationOf({
      extensions: [
        neighbour,
        sourceOf('acme.broken', {
          setup({ hooks, contribute, offer, onDispose }) {
            hooks.sampling.guided.tap((latent) => latent.scale(0));
            contribute.sampler(sampler('Broken'));
            offer(API, 1);
            onDispose(disposed);
            throw new Error('no licence');
          },
        }),
        sourceOf('b.uses', { setup: ({ use }) => void use(API) }),
        sourceOf('c.blocked', { setup() {} }, { requires: ['acme.broken'] }),
        sourceOf('d.missing', { setup() {} }, { requires: ['not.there'] }),
      ],
    });
    expect(states(generation)).toEqual({
      'acme.broken': 'failed',
      'b.uses': 'failed',
      'c.blocked': 'blocked',
      'd.missing': 'blocked',
      'zz.neighbour': 'active',
    });
    const reports = Object.fromEntries(generation.extensions().map((report) => [report.id, report]));
    expect(reports['acme.broken']?.cause).toEqual({ code: 'EXT_SETUP_THREW', message: 'acme.broken failed in setup: no licence.' });
    expect(reports['b.uses']?.cause?.code).toBe('TOKEN_MISSING');
    expect(reports['c.blocked']).toMatchObject({ blockedBy: 'acme.broken', cause: { code: 'EXT_BLOCKED' } });
    expect(reports['d.missing']?.cause?.message).toContain('not.there, which is missing');
    expect(disposed).toHaveBeenCalledOnce();
    expect(generation.registry.list('sampler').map((entry) => entry.id)).toEqual(['zz.neighbour/Neighbour']);
    expect((await generation.hooks.sampling.guided.transform(latentOf(1), stepScope(jobOf()))).at(0)).toBe(2);
    expect(generation.faults.map((fault) => [fault.extension, fault.hook])).toContainEqual(['acme.broken', 'setup']);
  });

  it.each([
    ['a default export that is not one', {}, undefined, 'failed', 'EXT_IMPORT'],
    ['an argument without a JSON form', defineExtension({ args: { at: z.date() }, setup() {} }), undefined, 'invalid', 'EXT_SCHEMA'],
    [
      'a wrong option',
      defineExtension({ options: { amount: field.number(1, { max: 2 }) }, setup() {} }),
      { amount: 7 },
      'invalid',
      'EXT_OPTIONS',
    ],
    ['an unknown option', defineExtension({ setup() {} }), { amuont: 7 }, 'invalid', 'EXT_OPTIONS'],
    [
      'a nameless contribution',
      defineExtension({ setup: ({ contribute }) => contribute.sampler({} as never) }),
      undefined,
      'failed',
      'EXT_SETUP_THREW',
    ],
    [
      'a sampler without sample()',
      defineExtension({ setup: ({ contribute }) => contribute.sampler(sampler('x', { sample: 1 as never })) }),
      undefined,
      'failed',
      'EXT_SETUP_THREW',
    ],
    [
      'the same thing twice',
      defineExtension({
        setup({ contribute }) {
          contribute.sampler(sampler('x'));
          contribute.sampler(sampler('x'));
        },
      }),
      undefined,
      'failed',
      'EXT_DUPLICATE_CONTRIBUTION',
    ],
  ])('%s', async (_name, definition, options, state, code) => {
    const manifest = sourceOf('acme.bad', { setup() {} }).manifest as object;
    const generation = await generationOf({
      extensions: [{ manifest: { ...manifest }, definition }, neighbour],
      options: options ? { 'acme.bad': options } : {},
    });
    const report = generation.extensions().find(({ id }) => id === 'acme.bad');
    expect(report).toMatchObject({ state, cause: { code } });
    expect(report?.cause?.message).toContain('acme.bad');
    expect(states(generation)['zz.neighbour']).toBe('active');
  });

  it('setup that hangs is named, and what it does later is refused', async () => {
    let later = (): void => {};
    const generation = await generationOf({
      hookTimeout: 40,
      extensions: [
        neighbour,
        sourceOf('acme.hangs', {
          async setup({ hooks, contribute }) {
            await new Promise<void>((resolve) => (later = resolve));
            hooks.sampling.guided.tap((latent) => latent.scale(0));
            contribute.sampler(sampler('late'));
          },
        }),
      ],
    });
    expect(generation.extensions().find(({ id }) => id === 'acme.hangs')?.cause).toMatchObject({ code: 'EXT_TAP_HUNG' });
    later();
    await vi.waitFor(() => expect(generation.faults.filter((fault) => fault.code === 'EXT_SEALED')).toHaveLength(2));
    expect((await generation.hooks.sampling.guided.transform(latentOf(1), stepScope(jobOf()))).at(0)).toBe(2);
    expect(generation.registry.get('sampler', 'late')).toBeUndefined();
  });

  it('two extensions cannot own one infotext key or webui title', async () => {
    const labelled = { args: { from: field.number(1).infotext('From') }, setup() {} };
    const generation = await generationOf({ extensions: [sourceOf('a.one', labelled), sourceOf('b.two', labelled)] });
    expect(generation.extensions()[1]).toMatchObject({ id: 'b.two', state: 'failed', cause: { code: 'EXT_DUPLICATE_CONTRIBUTION' } });
    expect(generation.extensions()[1]?.cause?.message).toMatch(/"From" is contributed by a\.one and by b\.two/);
  });

  it.each([
    [
      'two arguments',
      { from: field.number(1).infotext('From'), until: field.number(1).infotext('From') },
      'a.one (until) and by a.one (from)',
    ],
    ['an argument and the title', { from: field.number(1).infotext('One') }, 'a.one (enabled) and by a.one (from)'],
  ])('%s of an extension cannot share an infotext key', async (_, args, owners) => {
    const generation = await generationOf({ extensions: [sourceOf('a.one', { args, setup() {} })] });
    expect(generation.extensions()[0]).toMatchObject({ state: 'failed', cause: { code: 'EXT_DUPLICATE_CONTRIBUTION' } });
    expect(generation.extensions()[0]?.cause?.message).toContain(owners);
  });
});
