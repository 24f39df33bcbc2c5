import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createBundler } from '@armature/compose';
import * as sdk from '@armature/sdk';
import { isExtension } from '@armature/sdk/host';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';

let folder: string;
const bundle = (name: string): Promise<string> => createBundler({ cacheFolder: join(folder, 'cache') }).bundle(join(folder, name));
const load = async (name: string): Promise<Record<string, unknown>> => import(pathToFileURL(await bundle(name)).href);

async function write(name: string, text: string): Promise<void> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'armature-bundle-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('gives an extension the very SDK and zod of the host', async () => {
  await write(
    'sharpen.ts',
    `import { defineExtension, Latent } from '@armature/sdk';
     import { z } from 'zod';
     export { Latent, z };
     export default defineExtension({ setup(): void {} });`,
  );
  const module = await load('sharpen.ts');
  expect(isExtension(module.default)).toBe(true);
  expect(module.Latent).toBe(sdk.Latent);
  expect(module.z).toBe(z);
});

it('brings dependencies of the extension along, also CommonJS ones that require zod', async () => {
  await write('node_modules/blur/package.json', '{"name":"blur","version":"1.0.0","main":"index.js"}');
  await write(
    'node_modules/blur/index.js',
    `const { z } = require('zod'); exports.z = z; exports.name = require('node:path').basename('/a/b');`,
  );
  await write('ext/index.ts', `import blur from 'blur'; import { half } from './half.js'; export default { blur, half };`);
  await write('ext/half.ts', 'export const half = (value: number): number => value / 2;');
  const { default: value } = (await load('ext/index.ts')) as { default: { blur: { name: string; z: unknown }; half(n: number): number } };
  expect(value.blur.name).toBe('b');
  expect(value.blur.z).toBe(z);
  expect(value.half(3)).toBe(1.5);
});

it('leaves each file its own place', async () => {
  await write('ext/index.ts', `import { here } from './deep/place.js'; export const url = import.meta.url; export { here };`);
  await write('ext/deep/place.ts', 'export const here: string[] = [import.meta.url, import.meta.dirname, __filename];');
  const module = await load('ext/index.ts');
  expect(module.url).toBe(pathToFileURL(join(folder, 'ext/index.ts')).href);
  const deep = join(folder, 'ext/deep');
  expect(module.here).toEqual([pathToFileURL(join(deep, 'place.ts')).href, deep, join(deep, 'place.ts')]);
});

it('lets an author make a require of their own', async () => {
  await write(
    'own.ts',
    `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); export const sep = require('node:path').sep;`,
  );
  expect((await load('own.ts')).sep).toBe('/');
});

it('names a changed bundle anew and an unchanged one alike', async () => {
  await write('a.ts', 'export default 1;');
  const first = await bundle('a.ts');
  expect(await bundle('a.ts')).toBe(first);
  await write('a.ts', 'export default 2;');
  expect(await bundle('a.ts')).not.toBe(first);
  expect((await readdir(join(folder, 'cache'))).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

it.each([
  ['a syntax error', 'bad.ts', 'const a = 1;\nconst b = ;', /bad\.ts:2:11: Unexpected ";"/],
  [
    'a missing package',
    'lost.ts',
    `import 'left-out';`,
    /lost\.ts:1:8: Could not resolve "left-out" \(is it installed\? run npm install in /,
  ],
  ['a missing file', 'lost.ts', `import './left-out.js';`, /lost\.ts:1:8: Could not resolve "\.\/left-out\.js"/],
  [
    'an import of the core',
    'core.ts',
    `import { createHost } from '@armature/core'; export default createHost;`,
    /core\.ts:1:28: an extension may import @armature\/sdk and @armature\/nn, not @armature\/core/,
  ],
  [
    'an import of the engine side of the SDK',
    'inside.ts',
    `import { owned } from '@armature/sdk/internal'; export default owned;`,
    /inside\.ts:1:23: .*not @armature\/sdk\/internal/,
  ],
  ['an unknown part of the SDK', 'part.ts', `import '@armature/sdk/secret';`, /part\.ts:1:8: the host has no @armature\/sdk\/secret/],
])('tells %s by file and line', async (_, name, text, message) => {
  await write(name, text);
  const error = await bundle(name).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'EXT_IMPORT', exit: 6 });
  expect((error as Error).message).toMatch(message);
});

it('is not stopped by a source map that cannot be read', async () => {
  await write('mapped.js', 'export const one = 1;\n//# sourceMappingURL=data:application/json;base64,bm90IGpzb24=\n');
  await write('whole.js', `import.meta.url; export { one } from './mapped.js';\n//# sourceMappingURL=mapped.js\n`);
  expect((await load('whole.js')).one).toBe(1);
});

it('tells a missing entry', async () => {
  await expect(bundle('nothing.ts')).rejects.toMatchObject({ code: 'EXT_IMPORT' });
});
