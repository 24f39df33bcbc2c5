import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LoadedConfig, loadConfig } from '@armature/compose';
import { isExtension } from '@armature/sdk/host';
import { tinyModelFolder } from '@armature/tiny-model';
import { afterEach, beforeEach, expect, it } from 'vitest';

let folder: string;
const load = (path?: string): Promise<LoadedConfig | undefined> => loadConfig({ folder, path, cacheFolder: join(folder, 'cache') });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'armature-config-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('reads TypeScript, with an extension in TypeScript beside it', async () => {
  await writeFile(
    join(folder, 'warm.ts'),
    `import { defineExtension } from '@armature/sdk'; export default defineExtension({ setup() {} });`,
  );
  await writeFile(
    join(folder, 'armature.config.ts'),
    `import { defineConfig } from '@armature/compose';
     import warm from './warm.ts';
     const threads: number = 3;
     export default defineConfig({
       threads, models: ['models'], settings: { randn_source: 'NV' },
       extensions: ['armature-ext-blur', './local', { manifest: { id: 'jane.warm' }, definition: warm }],
     });`,
  );
  const loaded = await load();
  expect(loaded?.path).toBe(join(folder, 'armature.config.ts'));
  expect(loaded?.config).toMatchObject({ threads: 3, models: [join(folder, 'models')], settings: { randn_source: 'NV' } });
  const [blur, local, warm] = loaded?.config.extensions ?? [];
  expect(blur).toEqual({ from: 'armature-ext-blur' });
  expect(local).toEqual({ from: join(folder, 'local') });
  expect(isExtension(warm?.definition)).toBe(true);
});

it('may name the tiny model where no package is installed', async () => {
  await writeFile(
    join(folder, 'armature.config.ts'),
    "import { tinyModelFolder } from '@armature/tiny-model';\nexport default { models: ['./models', tinyModelFolder] };\n",
  );
  expect((await load())?.config.models).toEqual([join(folder, 'models'), tinyModelFolder]);
});

it('reads plain JavaScript and waits for a promised configuration', async () => {
  await writeFile(join(folder, 'armature.config.mjs'), 'export default Promise.resolve({ device: "cpu" });');
  expect((await load())?.config).toEqual({ device: 'cpu' });
});

it('returns nothing where there is no file', async () => {
  expect(await load()).toBeUndefined();
});

it.each([
  ['a wrong value', 'export default { threads: "four" };', /armature\.config\.ts: threads: .*expected number/],
  ['an unknown field', 'export default { thread: 4 };', /armature\.config\.ts: Unrecognized key: "thread"/],
  ['a deep field', 'export default { models: ["a", 7] };', /models\.1: .*expected string/],
  ['no default export', 'export const a = 1;', /no default export/],
  ['a file that throws', 'throw new Error("no luck"); export default {};', /failed while it was read: Error: no luck/],
  ['a syntax error', 'export default {;', /armature\.config\.ts:1:17: /],
])('turns down %s', async (_, text, message) => {
  await writeFile(join(folder, 'armature.config.ts'), text);
  const error = await load().catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'CONFIG_INVALID', exit: 2 });
  expect((error as Error).message).toMatch(message);
});

it('turns down a named file that is not there', async () => {
  await expect(load('other.ts')).rejects.toThrow(`${join(folder, 'other.ts')}: there is no such file.`);
});
