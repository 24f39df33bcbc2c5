import { mkdir, mkdtemp, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DevBundler } from '@armature/compose';
import * as sdk from '@armature/sdk';
import { isExtension } from '@armature/sdk/host';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';

const log = { debug() {}, info() {}, warn() {}, error() {} };
const others = { bundle: (entry: string): Promise<string> => Promise.reject(new Error(`not asked for: ${entry}`)) };
let folder: string;
let bundler: DevBundler;

async function write(name: string, text: string): Promise<void> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

const load = async (name = 'src/index.ts'): Promise<Record<string, unknown>> =>
  (await bundler.load(join(folder, name)))?.exports as Record<string, unknown>;

/** Resolves at the next burst of changes. */
const nextChange = (): Promise<void> => new Promise((done) => bundler.watch(() => done()));

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'armature-dev-')));
  bundler = await DevBundler.open({ path: folder, others, log });
});
afterEach(async () => {
  await bundler.dispose();
  await rm(folder, { recursive: true, force: true });
});

it('gives the very SDK and zod of the host to modules of either kind', async () => {
  await write('node_modules/old/package.json', '{"name":"old","main":"index.js"}');
  await write('node_modules/old/index.js', `exports.zod = require('zod'); exports.sep = require('node:path').sep;`);
  await write(
    'src/index.ts',
    `import { defineExtension, Latent } from '@armature/sdk';
     import { z } from 'zod';
     import { zod, sep } from 'old';
     export { Latent, z, zod, sep };
     export const later = async () => (await import('./later.js')).later;
     export const url = import.meta.url;
     export default defineExtension({ setup(): void {} });`,
  );
  await write('src/later.ts', `export const later: string = 'later';`);
  const module = await load();
  expect(isExtension(module.default)).toBe(true);
  expect(module.Latent).toBe(sdk.Latent);
  expect(module.z).toBe(z);
  expect((module.zod as { z: unknown }).z).toBe(z);
  expect(module.url).toMatch(/\/src\/index\.ts$/);
  expect(await (module.later as () => Promise<string>)()).toBe('later');
  expect(await bundler.load(join(tmpdir(), 'elsewhere.ts')).catch((error: NodeJS.ErrnoException) => error.code)).toBe('ENOENT');
});

it('says whether code or manifest have changed, and loads what was built last', async () => {
  await write('package.json', '{}');
  await write('src/index.ts', 'export default 1;');
  expect((await load()).default).toBe(1);
  expect(await bundler.rebuild()).toBe(false);
  await write('src/index.ts', 'export default 2; // and a word');
  expect(await bundler.rebuild()).toBe(true);
  expect((await load()).default).toBe(2);
  await write('src/index.ts', 'export default 2; // and another word');
  expect(await bundler.rebuild()).toBe(false);
  await write('package.json', '{"version":"2.0.0"}');
  expect(await bundler.rebuild()).toBe(true);
  await write('src/index.ts', 'export default =;');
  await expect(bundler.rebuild()).rejects.toMatchObject({
    code: 'EXT_IMPORT',
    message: expect.stringContaining('src/index.ts:1:16: Unexpected "="'),
  });
  expect((await load()).default).toBe(2);
});

it('traces errors to the lines of the sources, also those of an earlier bundle', async () => {
  const source = (word: string): string =>
    `interface Wish {\n  readonly word: string;\n}\n\nconst fail = (wish: Wish): never => {\n  throw new Error(wish.word);\n};\nexport default () => fail({ word: '${word}' });\n`;
  const thrown = (fn: unknown): unknown => {
    try {
      return (fn as () => unknown)();
    } catch (error) {
      return error;
    }
  };
  await write('src/index.ts', source('one'));
  const first = thrown((await load()).default);
  await write('src/index.ts', `// one line more\n${source('two')}`);
  await bundler.rebuild();
  const second = thrown((await load()).default);
  expect(bundler.trace(first)).toEqual([
    expect.stringMatching(/^at fail \(src\/index\.ts:6:9\)$/),
    expect.stringContaining('src/index.ts:8:22'),
  ]);
  expect(bundler.trace(new Error('outer', { cause: second }))[0]).toContain('src/index.ts:7:9');
  expect(bundler.trace(new Error('elsewhere'))).toEqual([]);
  expect(bundler.trace('no error')).toEqual([]);
});

it.each([
  ['inline and broken', '//# sourceMappingURL=data:application/json;base64,bm90IGpzb24='],
  [
    'of nonsense',
    `//# sourceMappingURL=data:application/json,${encodeURIComponent('{"version":3,"sources":["a"],"names":[],"mappings":"!!!!"}')}`,
  ],
  ['beside it and broken', '//# sourceMappingURL=index.js.map'],
  ['beside it, missing', '//# sourceMappingURL=gone.js.map'],
])('is not disturbed by a source map that is %s', async (_, comment) => {
  await write('dist/index.js.map', 'not json');
  await write('dist/index.js', `export default () => {\n  throw new Error('here');\n};\n${comment}\n`);
  const { default: fail } = await load('dist/index.js');
  const error = await Promise.resolve()
    .then(fail as () => void)
    .catch((caught: unknown) => caught);
  expect(bundler.trace(error)[0]).toMatch(/dist\/index\.js/);
});

it('hears of a save, of a file that takes another one’s place, and of one that was missing', async () => {
  await write('src/index.ts', `import { deep } from './deep/half.js'; export default deep;`);
  await expect(load()).rejects.toMatchObject({ message: expect.stringContaining('Could not resolve "./deep/half.js"') });
  let change = nextChange();
  await write('src/deep/half.ts', 'export const deep = 1;');
  await change;
  expect((await load()).default).toBe(1);
  change = nextChange();
  await write('src/deep/half.ts', 'export const deep = 2;');
  await change;
  await bundler.rebuild();
  expect((await load()).default).toBe(2);
  change = nextChange();
  await write('src/deep/.half.ts.new', 'export const deep = 3;');
  await rename(join(folder, 'src/deep/.half.ts.new'), join(folder, 'src/deep/half.ts'));
  await change;
  await bundler.rebuild();
  expect((await load()).default).toBe(3);
});

it('follows sources that were broken when they were first asked about', async () => {
  await write('src/index.ts', 'export default ;');
  await expect(bundler.imports(join(folder, 'src/index.ts'))).rejects.toMatchObject({ code: 'EXT_IMPORT' });
  const change = nextChange();
  await write('src/index.ts', 'export default 1;');
  await change;
  expect((await load()).default).toBe(1);
});

it('tells what the code reaches for from its own bundle, unless only a closer look can tell', async () => {
  const asked: string[] = [];
  const imports = async (entry: string) => {
    asked.push(entry);
    return [{ module: 'fetch', file: 'index.ts' }];
  };
  await bundler.dispose();
  bundler = await DevBundler.open({ path: folder, others: { ...others, imports }, log });
  const found = (name: string) => bundler.imports(join(folder, name));
  await write('old.cjs', `exports.read = () => require('fs').readFileSync('x');`);
  await write(
    'index.ts',
    `import { defineExtension } from '@armature/sdk'; import { read } from './old.cjs'; import { rmSync } from 'node:fs';
     const process = { env: 1 };
     export default defineExtension({ async setup() { read(process); await import('node:net'); } });`,
  );
  const modules = (await found('index.ts')).map(({ module, file }) => `${module} (${file})`);
  expect(modules.filter((name) => !name.startsWith('file:')).sort()).toEqual(['fs (old.cjs)', 'node:net (index.ts)']);
  expect(asked).toEqual([]);
  await write('index.ts', `export default () => fetch('x');`);
  await bundler.rebuild();
  expect(await found('index.ts')).toEqual([{ module: 'fetch', file: 'index.ts' }]);
  await write('plain.js', `import { rmSync } from 'node:fs'; export default 1;`);
  await found('plain.js');
  expect(asked).toEqual([join(folder, 'index.ts'), join(folder, 'plain.js')]);
});

it('lets go of every folder', async () => {
  await write('src/index.ts', 'export default 1;');
  await load();
  const watchers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'FSEventWrap').length;
  const before = watchers();
  bundler.watch(() => undefined);
  expect(watchers()).toBe(before + 2);
  await bundler.dispose();
  // A closed watcher is counted until the loop has turned.
  await new Promise((done) => setImmediate(done));
  expect(watchers()).toBe(before);
});

it('names what is not there', async () => {
  await expect(DevBundler.open({ path: join(folder, 'lost'), others, log })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});
