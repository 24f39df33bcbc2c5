import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LOG, STORAGE } from '@armature/sdk';
import { deprecations } from '@armature/sdk/host';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostConfig } from '../../src/api/index.js';
import { moduleCapability } from '../../src/generation/module-capability.js';
import { generationOf, sourceOf } from './generation-kit.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'armature-contract-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const reportsOf = async (config: HostConfig) => (await generationOf(config)).extensions();

describe('a manifest', () => {
  it('knows five capabilities and names them to who asks for a sixth', async () => {
    const known = sourceOf('a.all', { setup() {} }, { capabilities: ['net', 'fs', 'spawn', 'env', 'graph'] });
    const strange = sourceOf('b.root', { setup() {} }, { capabilities: ['fs', 'root'] });
    const [all, root] = await reportsOf({ extensions: [known, strange] });
    expect(all).toMatchObject({ state: 'active', capabilities: ['net', 'fs', 'spawn', 'env', 'graph'] });
    expect(root).toMatchObject({ id: 'b.root', state: 'invalid', cause: { code: 'EXT_MANIFEST' } });
    expect(root?.cause?.message).toContain('capabilities.1: there is no capability "root"; known are net, fs, spawn, env, graph');
  });

  it('has a title and a summary in one language or several, English among them', async () => {
    const title = { en: 'Late sharpen', de: 'Spätes Schärfen' };
    const several = sourceOf('a.late', { setup() {} }, { title, summary: 'Sharpens.' });
    const [good, bad] = await reportsOf({ extensions: [several, sourceOf('b.late', { setup() {} }, { title: { de: 'Nur so' } })] });
    expect(good).toMatchObject({ title, summary: 'Sharpens.', state: 'active' });
    expect(bad).toMatchObject({ state: 'invalid', cause: { code: 'EXT_MANIFEST' } });
    expect(bad?.cause?.message).toContain('English');
  });
});

describe('taps that shape networks', () => {
  it.each(['graph.plan', 'graph.module', 'graph.emitted', 'graph.session', 'model.weights'])('%s needs the word graph', async (hook) => {
    const [phase, name] = hook.split('.') as ['graph', 'plan'];
    const setup = { setup: ({ hooks }: Parameters<Parameters<typeof sourceOf>[1]['setup']>[0]) => hooks[phase][name].tap(() => undefined) };
    const extensions = [sourceOf('a.without', setup), sourceOf('b.with', setup, { capabilities: ['graph'] })];
    const [good, bad] = (await reportsOf({ extensions })).toSorted((a, b) => b.id.localeCompare(a.id));
    expect(good).toMatchObject({ state: 'active', hooks: [hook] });
    expect(bad).toMatchObject({ state: 'invalid', hooks: [], cause: { code: 'EXT_CAPABILITY' } });
  });
});

it.each([
  ['node:fs', 'fs'],
  ['fs/promises', 'fs'],
  ['node:http2', 'net'],
  ['dns/promises', 'net'],
  ['WebSocket', 'net'],
  ['node:child_process', 'spawn'],
  ['node:module', 'spawn'],
  ['./build/blur.node', 'spawn'],
  ['process.binding', 'spawn'],
  ['node:not-invented-yet', 'spawn'],
  ['process.env', 'env'],
  ['os', 'env'],
  ['node:path', undefined],
  ['node:timers/promises', undefined],
  ['crypto', undefined],
  ['left-pad', undefined],
  ['@armature/sdk', undefined],
])('%s needs %s', (module, capability) => {
  expect(moduleCapability(module)).toBe(capability);
});

describe('consent', () => {
  const script = `export default { [Symbol.for('armature.extension')]: true, setup() {} };`;
  const at = (name: string): string => join(folder, name);
  const state = async (config: HostConfig) => {
    const [report] = await reportsOf({ scriptFolders: [folder], ...config });
    return [report?.state, report?.capabilities, report?.cause?.message];
  };

  it('to a script is for its file and what it asks for', async () => {
    await writeFile(at('one.mjs'), `// Reads lists.\n// capabilities: fs, net\n${script}`);
    expect(await state({})).toEqual([
      'listed',
      ['fs', 'net'],
      `${at('one.mjs')} is a script that was not allowed yet and asks for fs, net. Run: armature extensions allow script.one`,
    ]);
    const given = { id: 'script.one', path: at('one.mjs') };
    expect(await state({ consents: [{ ...given, capabilities: ['fs', 'net', 'env'] }] })).toEqual(['active', ['fs', 'net'], undefined]);
    expect(await state({ allowScripts: ['script.one'] })).toEqual(['active', ['fs', 'net'], undefined]);
    expect((await state({ consents: [{ ...given, path: at('two.mjs'), capabilities: ['fs', 'net'] }] }))[0]).toBe('listed');
    const [grown, , message] = await state({ consents: [{ ...given, capabilities: ['fs'] }] });
    expect(grown).toBe('listed');
    expect(message).toContain('asks for more than was allowed: net');
  });

  it('is asked of a package only when it asks for more than was agreed to', async () => {
    const path = await mkdtemp(join(tmpdir(), 'armature-package-'));
    const armature = { api: 1, id: 'a.package', engines: { armature: '*' }, capabilities: ['fs'] };
    await writeFile(join(path, 'package.json'), JSON.stringify({ version: '1.0.0', type: 'module', armature }));
    await writeFile(join(path, 'index.js'), script);
    const extensions = [{ from: path }];
    const consent = { id: 'a.package', path, capabilities: ['fs'] };
    expect((await state({ extensions }))[0]).toBe('active');
    expect((await state({ extensions, consents: [consent] }))[0]).toBe('active');
    expect(await state({ extensions, consents: [{ ...consent, capabilities: [] }] })).toEqual([
      'listed',
      ['fs'],
      expect.stringContaining('asks for more than was allowed: fs'),
    ]);
    await rm(path, { recursive: true });
  });

  it('a script that asks for an unknown word is invalid; one whose first lines are code asks for nothing', async () => {
    await writeFile(at('one.mjs'), `/* capabilities: everything */\n${script}`);
    expect(await state({ allowScripts: true })).toEqual(['invalid', [], expect.stringContaining('no capability "everything"')]);
    await writeFile(at('one.mjs'), `const s = 'capabilities: fs';\n${script}${'\n'.repeat(5000)}// capabilities: net\n`);
    expect(await state({ allowScripts: true })).toEqual(['active', [], undefined]);
  });
});

describe('what is deprecated', () => {
  const table = {
    'hook sampling.guided': { since: '0.2.0', instead: 'tap sampling.prediction' },
    'token armature.storage': { since: '0.2.0', instead: 'use openSettings' },
    'contribution scheduler': { since: '0.3.0', instead: 'contribute a sampler' },
    'field sampler.aliases': { since: '0.3.0', instead: 'leave it out' },
  };
  const user = sourceOf('a.user', {
    setup({ hooks, use, contribute }) {
      hooks.sampling.guided.tap(() => undefined);
      hooks.sampling.guided.tap(() => undefined);
      hooks.image.each.tap(() => undefined);
      use(STORAGE);
      use(LOG);
      contribute.sampler({ name: 'One', aliases: ['one'], kind: 'sigma', sample: (run) => Promise.resolve(run.latent) });
    },
  });

  it('warns once for each thing, with the author’s line, and works', async () => {
    const lines: string[] = [];
    const log = { debug() {}, info() {}, error() {}, warn: (line: string) => void lines.push(line) };
    const generation = await generationOf({ extensions: [user] }, { deprecations: table, log });
    const [report] = generation.extensions();
    expect(report?.state).toBe('active');
    expect(report?.warnings.map(({ code, message }) => [code, message.replace(/:\d+:\d+\)/, ':#)')])).toEqual([
      [
        'EXT_DEPRECATED',
        'a.user uses hook sampling.guided (packages/core/test/generation/contract.test.ts:#), which is deprecated since 0.2.0: tap sampling.prediction.',
      ],
      ['EXT_DEPRECATED', expect.stringContaining('token armature.storage (packages/core/test/generation/contract.test.ts:#)')],
      ['EXT_DEPRECATED', expect.stringContaining('field sampler.aliases (packages/core/test/generation/contract.test.ts:#)')],
    ]);
    expect(lines).toEqual(report?.warnings.map(({ message }) => `[a.user] ${message}`));
    expect(generation.faults).toEqual([]);
  });

  it('is nothing yet', async () => {
    expect(deprecations).toEqual({});
    expect((await reportsOf({ extensions: [user] }))[0]?.warnings).toEqual([]);
  });
});
