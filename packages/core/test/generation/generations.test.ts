import { describe, expect, it } from 'vitest';
import { Scope } from '../../src/di/index.js';
import { jobOf, latentOf, stepScope } from '../hooks/hook-kit.js';
import { generationOf, sourceOf } from './generation-kit.js';

const states = (generation: Awaited<ReturnType<typeof generationOf>>): Record<string, string> =>
  Object.fromEntries(generation.extensions().map(({ id, state }) => [id, state]));

describe('tripping', () => {
  it('puts an extension out after faulted jobs in a row, and says so in every job after', async () => {
    let broken = true;
    const generation = await generationOf({
      tripAfter: 2,
      extensions: [
        sourceOf('acme.shaky', {
          setup({ hooks }) {
            hooks.sampling.guided.tap((latent) => {
              if (broken) throw new Error('x');
              return latent.scale(10);
            });
          },
        }),
      ],
    });
    const run = async (extensions = {}): Promise<readonly string[]> => {
      const job = jobOf(extensions);
      await generation.hooks.sampling.guided.transform(latentOf(1), stepScope(job));
      generation.settle(job);
      return generation.hooks.ledgerOf(job).faults.map((fault) => fault.code);
    };
    expect(await run()).toEqual(['EXT_TAP_THREW']);
    broken = false;
    expect(await run()).toEqual([]);
    broken = true;
    expect(await run()).toEqual(['EXT_TAP_THREW']);
    expect(states(generation)).toEqual({ 'acme.shaky': 'active' });
    expect(await run()).toEqual(['EXT_TAP_THREW']);
    expect(states(generation)).toEqual({ 'acme.shaky': 'tripped' });
    expect(generation.faults.at(-1)).toMatchObject({ code: 'EXT_TRIPPED', extension: 'acme.shaky' });
    expect(await run()).toEqual(['EXT_TRIPPED']);
    expect(await run({ 'acme.shaky': { enabled: false } })).toEqual([]);
  });
});

describe('generations', () => {
  it('are disposed in reverse order when the last user leaves; what fails is a fault', async () => {
    const said: string[] = [];
    const one = (id: string, fails = false, more = {}) =>
      sourceOf(
        id,
        {
          setup({ onDispose }) {
            onDispose(() => void said.push(`${id} first`));
            onDispose(() => {
              said.push(`${id} second`);
              if (fails) throw new Error('stuck');
            });
          },
        },
        more,
      );
    const scope = new Scope('host');
    const generation = await generationOf({ extensions: [one('b.two', true, { after: ['c.three'] }), one('c.three')] }, { scope });
    generation.retain();
    await generation.release();
    expect(said).toEqual([]);
    await generation.release();
    expect(said).toEqual(['b.two second', 'b.two first', 'c.three second', 'c.three first']);
    expect(generation.faults).toMatchObject([{ code: 'EXT_DISPOSE_THREW', extension: 'b.two', hook: 'dispose' }]);
    expect(Object.values(states(generation))).toEqual(['disposed', 'disposed']);
    expect(() => generation.retain()).toThrow();
    await scope.dispose();
  });

  it('a disposer that hangs is named and left behind', async () => {
    const generation = await generationOf({
      hookTimeout: 30,
      extensions: [sourceOf('a.hangs', { setup: ({ onDispose }) => onDispose(() => new Promise(() => {})) })],
    });
    await generation.release();
    expect(generation.faults[0]?.message).toContain('did not return from dispose within 30 ms');
  });

  it('stand side by side: a job keeps the extensions it was admitted to', async () => {
    const scope = new Scope('host');
    const plus = (amount: number) =>
      sourceOf('a.plus', { setup: ({ hooks }) => hooks.sampling.guided.tap((l) => l.map((v) => v + amount)) });
    const old = await generationOf({ extensions: [plus(1)] }, { scope });
    const next = await generationOf({ extensions: [plus(5)] }, { scope, number: 2 });
    expect((await old.hooks.sampling.guided.transform(latentOf(0), stepScope(jobOf()))).at(0)).toBe(1);
    expect((await next.hooks.sampling.guided.transform(latentOf(0), stepScope(jobOf()))).at(0)).toBe(5);
    await old.release();
    expect((await next.hooks.sampling.guided.transform(latentOf(0), stepScope(jobOf()))).at(0)).toBe(5);
    await next.release();
  });
});
