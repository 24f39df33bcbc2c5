import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bundler, HostConfig } from '../../src/api/index.js';
import { jobOf, latentOf, stepScope } from '../hooks/hook-kit.js';
import { generationOf, sourceOf } from './generation-kit.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'armature-discover-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(files: Readonly<Record<string, string | object>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  }
}

const pkg = (id: string, more: object = {}) => ({
  version: '1.0.0',
  type: 'module',
  armature: { api: 1, id, engines: { armature: '^0.1' }, ...more },
});
/** Code in a temporary folder finds no `@armature/sdk`: it marks itself as defineExtension does. */
const code = (body: string): string => `export default { [Symbol.for('armature.extension')]: true, setup({ hooks }) { ${body} } };`;
const plus = (amount: number): string => code(`hooks.sampling.guided.tap((latent) => latent.map((v) => v + ${amount}));`);

const bundler: Bundler = {
  async bundle(entry) {
    const outfile = join(folder, '.bundles', `${Date.now()}-${Math.random()}.mjs`);
    await build({
      entryPoints: [entry],
      outfile,
      format: 'esm',
      platform: 'node',
      bundle: true,
      external: ['@armature/sdk'],
      logLevel: 'silent',
    });
    return outfile;
  },
};

async function outcome(config: HostConfig) {
  const generation = await generationOf(config);
  const value = (await generation.hooks.sampling.guided.transform(latentOf(0), stepScope(jobOf()))).at(0);
  const reports = generation.extensions().map(({ id, state, cause }) => [id, state, cause?.code]);
  return { value, reports, generation };
}

describe('folders', () => {
  it('are extensions; one without a package.json says so, loose files are not looked at', async () => {
    await write({
      'ext/one/package.json': pkg('a.one'),
      'ext/one/index.js': plus(1),
      'ext/two/package.json': { ...pkg('b.two'), main: './lib/main.js' },
      'ext/two/lib/main.js': plus(10),
      'ext/notes/readme.md': 'nothing here',
      'ext/loose.txt': '',
    });
    const { value, reports, generation } = await outcome({ extensionFolders: [join(folder, 'ext'), join(folder, 'not-there')] });
    expect(value).toBe(11);
    expect(reports).toEqual([
      ['a.one', 'active', undefined],
      ['b.two', 'active', undefined],
      [join(folder, 'ext/notes'), 'invalid', 'EXT_MANIFEST'],
    ]);
    expect(generation.extensions()[0]?.origin).toBe(join(folder, 'ext/one'));
  });

  it('that are broken are reported, and their code is not run', async () => {
    await write({
      'ext/a/package.json': '{ broken',
      'ext/b/package.json': { name: 'no block' },
      'ext/c/package.json': pkg('c.c'),
      'ext/d/package.json': pkg('d.d', { engines: { armature: '^7' } }),
      'ext/d/index.js': `globalThis.armatureRanForbiddenCode = true; ${plus(1)}`,
      'ext/e/package.json': pkg('e.e'),
      'ext/e/index.js': 'export default 5 +',
      'ext/f/package.json': pkg('f.f', { entry: '../../outside.js' }),
      'ext/g/package.json': pkg('g.g'),
      'ext/g/index.js': 'throw new Error("at load")',
      'outside.js': plus(1),
    });
    const { value, reports } = await outcome({ extensionFolders: [join(folder, 'ext')] });
    expect(value).toBe(0);
    expect(reports.map(([, state, cause]) => [state, cause])).toEqual([
      ['failed', 'EXT_IMPORT'],
      ['failed', 'EXT_IMPORT'],
      ['invalid', 'EXT_MANIFEST'],
      ['invalid', 'EXT_MANIFEST'],
      ['invalid', 'EXT_MANIFEST'],
      ['invalid', 'EXT_ENGINE_MISMATCH'],
      ['invalid', 'PATH_ESCAPES'],
    ]);
    expect(globalThis).not.toHaveProperty('armatureRanForbiddenCode');
  });

  it('whose entry is a link out of the folder are refused', async () => {
    await write({ 'ext/a/package.json': pkg('a.a'), 'outside.js': plus(1) });
    await symlink(join(folder, 'outside.js'), join(folder, 'ext/a/index.js'));
    const { reports } = await outcome({ extensionFolders: [join(folder, 'ext')] });
    expect(reports[0]?.[2]).toBe('PATH_ESCAPES');
  });

  it('found twice: the first stays, the second names both places', async () => {
    await write({
      'ext/one/package.json': pkg('a.same'),
      'ext/one/index.js': plus(1),
      'ext/two/package.json': pkg('a.same'),
      'ext/two/index.js': plus(10),
    });
    const { value, generation } = await outcome({ extensionFolders: [join(folder, 'ext')] });
    expect(value).toBe(1);
    const report = generation.extensions()[1];
    expect(report).toMatchObject({ state: 'invalid', cause: { code: 'EXT_DUPLICATE_ID' } });
    expect(report?.cause?.message).toContain(join(folder, 'ext/one'));
    expect(report?.cause?.message).toContain(join(folder, 'ext/two'));
  });

  it('can be named in the configuration, as a folder or an installed package', async () => {
    await write({ 'ext/one/package.json': pkg('a.one'), 'ext/one/index.js': plus(1) });
    const { value, reports } = await outcome({
      extensions: [
        { from: join(folder, 'ext/one') },
        { from: '@armature/not-installed' },
        {},
        sourceOf('z.direct', { setup: ({ hooks }) => hooks.sampling.guided.tap((l) => l.scale(2)) }),
      ],
    });
    expect(value).toBe(2);
    expect(reports).toEqual([
      ['a.one', 'active', undefined],
      ['z.direct', 'active', undefined],
      ['@armature/not-installed', 'invalid', 'EXT_MANIFEST'],
      ['extensions[2] of the configuration', 'invalid', 'EXT_MANIFEST'],
    ]);
  });
});

describe('TypeScript', () => {
  const typed = (amount: number): string =>
    `const setup = ({ hooks }: any): void => hooks.sampling.guided.tap((latent: any) => latent.map((v: number) => v + ${amount}));
     export default { [Symbol.for('armature.extension')]: true, setup };`;

  it('goes through the bundler; without one it is invalid and says why', async () => {
    await write({ 'ext/one/package.json': pkg('a.one'), 'ext/one/index.ts': typed(3) });
    expect((await outcome({ extensionFolders: [join(folder, 'ext')], bundler })).value).toBe(3);
    const without = await outcome({ extensionFolders: [join(folder, 'ext')] });
    expect(without.reports).toEqual([['a.one', 'invalid', 'EXT_NO_BUNDLER']]);
  });

  it('a syntax error is the extension’s, with the place', async () => {
    await write({ 'scripts/bad.ts': 'export default {{{' });
    const { reports, generation } = await outcome({ scriptFolders: [join(folder, 'scripts')], bundler, allowScripts: true });
    expect(reports).toEqual([['script.bad', 'failed', 'EXT_IMPORT']]);
    expect(generation.extensions()[0]?.cause?.message).toContain('bad.ts');
  });

  it('are loaded from their sources where the configuration says so, and are found once', async () => {
    await write({
      'extensions/one/package.json': pkg('me.one', { entry: './dist/index.js', source: './src/index.js' }),
      'extensions/one/src/index.js': plus(5),
    });
    const extensionFolders = [join(folder, 'extensions')];
    const unbuilt = await outcome({ extensionFolders });
    expect(unbuilt.generation.extensions()).toMatchObject([{ state: 'invalid', cause: { code: 'EXT_MANIFEST' } }]);
    const from = join(folder, 'extensions/one');
    const { generation, value } = await outcome({ extensionFolders, extensions: [{ from, source: true }] });
    expect(generation.extensions()).toMatchObject([{ id: 'me.one', state: 'active' }]);
    expect(value).toBe(5);
  });
});

describe('single files', () => {
  it('take their id from the file name and wait for consent', async () => {
    await write({ 'scripts/My Script.js': plus(1), 'scripts/other.mjs': plus(10), 'scripts/types.d.ts': '', 'scripts/notes.txt': '' });
    const asked = await outcome({ scriptFolders: [join(folder, 'scripts')], allowScripts: ['script.other'] });
    expect(asked.value).toBe(10);
    expect(asked.reports).toEqual([
      ['script.other', 'active', undefined],
      ['script.my-script', 'listed', 'EXT_CONSENT'],
    ]);
    expect(asked.generation.extensions()[1]?.cause?.message).toContain('armature extensions allow script.my-script');
    expect((await outcome({ scriptFolders: [join(folder, 'scripts')], allowScripts: true })).value).toBe(11);
  });

  it('are read anew by the next generation when they changed, and have a digest of their own', async () => {
    await write({ 'scripts/one.mjs': plus(1) });
    const config = { scriptFolders: [join(folder, 'scripts')], allowScripts: true } as const;
    expect((await outcome(config)).value).toBe(1);
    await write({ 'scripts/one.mjs': plus(2) });
    expect((await outcome(config)).value).toBe(2);
  });

  it('the code is part of a structural key', async () => {
    const structural = (body: string): string => `// capabilities: graph\n${code(`hooks.graph.emitted.tap((graph) => { ${body} });`)}`;
    const keyOf = async (): Promise<string> => {
      const { generation } = await outcome({ scriptFolders: [join(folder, 'scripts')], allowScripts: true });
      return generation.hooks.structuralKey(['graph.emitted'], stepScope(jobOf())).key;
    };
    await write({ 'scripts/one.mjs': structural('') });
    const first = await keyOf();
    expect(await keyOf()).toBe(first);
    await write({ 'scripts/one.mjs': structural('return graph;') });
    expect(await keyOf()).not.toBe(first);
    expect(existsSync(join(folder, 'scripts/one.mjs'))).toBe(true);
  });
});
