import { Stage } from '@armature/sdk';
import { expect, it } from 'vitest';
import { generationOf, sourceOf } from './generation-kit.js';

/** Taps `prompt.text` once for each stage. */
const tapping = (id: string, manifest: object = {}, stages: readonly number[] = [Stage.Default]) =>
  sourceOf(
    id,
    {
      setup({ hooks }) {
        for (const stage of stages) hooks.prompt.text.tap((text) => text, { stage });
      },
    },
    manifest,
  );

it('tells the taps of a hook in calling order, each with the rule that puts it there', async () => {
  const extensions = [
    tapping('m.m', { requires: ['z.z'] }),
    tapping('b.b', {}, [Stage.Late, Stage.Late]),
    tapping('y.y', { before: ['z.z'] }),
    tapping('z.z'),
    tapping('a.a', { after: ['n.n'] }, [Stage.Default, Stage.Late]),
    tapping('n.n'),
  ];
  const generation = await generationOf({ extensions, order: ['m.m', 'n.n'] });
  const rows = generation
    .explain('prompt.text')
    ?.map(({ extension, stage, because: { rule, links } }) => [
      extension,
      stage,
      rule,
      ...links.map((link) => `${link.earlier} ${link.rule} ${link.later}`),
    ]);
  expect(rows).toEqual([
    ['y.y', 0, 'first'],
    ['z.z', 0, 'links', 'y.y before z.z'],
    ['m.m', 0, 'links', 'z.z requires m.m'],
    ['n.n', 0, 'links', 'm.m order n.n'],
    ['a.a', 0, 'links', 'n.n after a.a'],
    ['b.b', 100, 'stage'],
    ['b.b', 100, 'setup'],
    ['a.a', 100, 'waits', 'n.n after a.a'],
  ]);
  expect(generation.explain('prompt.text')?.every(({ state }) => state === 'active')).toBe(true);
  await generation.release();
});

it('knows ties by id, and who had to wait though its id comes first', async () => {
  const generation = await generationOf({
    extensions: [tapping('b.b', { after: ['d.d'] }), tapping('c.c'), tapping('d.d'), tapping('e.e')],
  });
  const reasons = generation.explain('prompt.text')?.map(({ extension, because }) => [extension, because.rule]);
  expect(reasons).toEqual([
    ['c.c', 'first'],
    ['d.d', 'id'],
    ['b.b', 'links'],
    ['e.e', 'id'],
  ]);
  await generation.release();
  const waiting = await generationOf({ extensions: [tapping('b.b', { after: ['d.d'] }), tapping('c.c'), sourceOf('d.d', { setup() {} })] });
  expect(waiting.explain('prompt.text')?.at(-1)?.because).toEqual({
    rule: 'waits',
    links: [{ earlier: 'd.d', later: 'b.b', rule: 'after' }],
  });
  await waiting.release();
});

it('tells a hook without taps from a hook that is not there', async () => {
  const generation = await generationOf({});
  expect(generation.explain('prompt.text')).toEqual([]);
  expect(generation.explain('prompt.words')).toBeUndefined();
  await generation.release();
});

it('reports what the manifest says, and nothing where it cannot be read', async () => {
  const generation = await generationOf({
    extensions: [tapping('a.a', { after: ['b.b'], capabilities: ['net'] }), { manifest: { api: 1 }, definition: {} }],
  });
  expect(generation.extensions()).toMatchObject([
    { id: 'a.a', after: ['b.b'], requires: [], before: [], capabilities: ['net'] },
    { state: 'invalid', requires: [], capabilities: [] },
  ]);
  await generation.release();
});
