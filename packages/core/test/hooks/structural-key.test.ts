import { describe, expect, it } from 'vitest';
import { pathGlob } from '../../src/hooks/index.js';
import { jobOf, sealedSet, stepScope, unetPlan } from './hook-kit.js';

const names = ['model.weights', 'graph.plan', 'graph.module', 'graph.emitted', 'graph.session'] as const;

describe('structural keys', () => {
  it('are empty without taps, and hold extension, digest and variant of those that take part', () => {
    expect(sealedSet({}).hooks.structuralKey(names, stepScope(jobOf())).key).toBe('');
    const { hooks } = sealedSet({
      'a.sits-out': (set) => set.graph.plan.tap({ variant: () => undefined }, (plan) => plan),
      'a.constant': (set) => set.graph.emitted.tap((graph) => graph),
      'a.varies': (set) =>
        set.graph.module.tap({ path: 'unet.*', variant: (ctx) => `${ctx.path} from ${ctx.args.from}` }, (inner) => inner),
      'a.values': (set) => set.sampling.guided.tap((latent) => latent),
    });
    const job = jobOf({ 'a.varies': { enabled: true, from: 0.3 } });
    const { key } = hooks.structuralKey(names, { ...stepScope(job), plan: unetPlan } as never);
    expect(JSON.parse(key)).toEqual([
      ['graph.module', 'a.varies', 'digest-of-a.varies', 'unet.* from 0.3'],
      ['graph.emitted', 'a.constant', 'digest-of-a.constant', ''],
    ]);
    expect(hooks.structuralKey(names, stepScope(jobOf({ 'a.varies': { enabled: false } }))).key).not.toContain('a.varies');
  });

  it.each([
    ['unet.**.attn1', 'unet', true],
    ['unet.**.attn1', 'vae-decoder', false],
    ['vae-*.**', 'vae-decoder', true],
    ['**.conv', 'vae-decoder', true],
    ['*.mid', 'text-encoder', true],
    ['attn1', 'unet', false],
  ])('a tap of the modules %s in the network %s: %s', (path, network, expected) => {
    const { hooks } = sealedSet({ 'a.tap': (set) => set.graph.module.tap({ path, variant: () => 'v' }, (inner) => inner) });
    const { key } = hooks.structuralKey(names, { ...stepScope(jobOf()), plan: { ...unetPlan, network } } as never);
    expect(key !== '').toBe(expected);
  });

  it('a tap that sits out is not called', async () => {
    let called = false;
    const { hooks } = sealedSet({
      'a.sits-out': (set) =>
        set.graph.plan.tap({ variant: () => undefined }, () => {
          called = true;
        }),
    });
    await hooks.graph.plan.transform(unetPlan, { ...stepScope(jobOf()), network: 'unet' });
    expect(called).toBe(false);
  });

  it('a graph emitted under a fault is not clean', async () => {
    const { hooks } = sealedSet({
      'a.bad': (set) =>
        set.graph.plan.tap({ variant: () => 'v' }, () => {
          throw new Error('x');
        }),
      'a.good': (set) => set.graph.emitted.tap({ variant: () => 'w' }, (graph) => graph),
    });
    const job = jobOf();
    const before = hooks.structuralKey(names, stepScope(job));
    expect(before.clean()).toBe(true);
    await hooks.graph.plan.transform(unetPlan, { ...stepScope(job), network: 'unet' });
    expect(before.clean()).toBe(false);
    const after = hooks.structuralKey(names, stepScope(job));
    expect(after.key).not.toContain('a.bad');
    expect(after.clean()).toBe(true);
  });

  it.each([
    [
      'throws',
      (): string => {
        throw new Error('x');
      },
      'EXT_TAP_THREW',
    ],
    ['is not a string', () => 7 as never, 'EXT_TAP_RETURNED'],
  ])('a variant that %s puts its extension out of key and graph', (_name, variant, code) => {
    const { hooks } = sealedSet({
      'a.bad': (set) => {
        set.graph.emitted.tap({ variant: () => 'fine' }, (graph) => graph);
        set.graph.session.tap({ variant }, (options) => options);
      },
      'a.good': (set) => set.graph.emitted.tap({ variant: () => 'w' }, (graph) => graph),
    });
    const job = jobOf();
    const { key, clean } = hooks.structuralKey(names, stepScope(job));
    expect(JSON.parse(key).map(([, id]: string[]) => id)).toEqual(['a.good']);
    expect(clean()).toBe(true);
    expect(hooks.ledgerOf(job).faults).toMatchObject([{ code, extension: 'a.bad', hook: 'graph.session' }]);
  });
});

describe('path patterns', () => {
  it.each([
    ['unet.**.attn2', 'unet.input_blocks.1.1.transformer_blocks.0.attn2', true],
    ['unet.**.attn2', 'unet.attn2', true],
    ['unet.**.attn2', 'unet.middle.attn2.to_q', false],
    ['unet.*.attn2', 'unet.middle.attn2', true],
    ['unet.*.attn2', 'unet.a.b.attn2', false],
    ['**', 'anything.at.all', true],
    ['**.attn*', 'unet.x.attn1', true],
    ['**.**.attn1', 'attn1', true],
    ['unet', 'unet', true],
    ['unet', 'unet.out', false],
    ['unet.out', 'unetxout', false],
  ])('%s on %s: %s', (pattern, path, expected) => {
    expect(pathGlob(pattern)(path)).toBe(expected);
  });
});
