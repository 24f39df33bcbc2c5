import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ConsentStore } from '../src/host/consent-store.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'armature-consent-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('remembers what was allowed and keeps what else the file says', async () => {
  const store = new ConsentStore(folder);
  expect(await store.allowed(['/one/scripts'])).toEqual([]);
  await writeFile(join(folder, 'config.json'), '{"theme":"dark","allowScripts":[{"id":"script.b","path":"/one/scripts/b.ts"}]}');
  await store.allow('script.a', '/one/scripts/a.ts');
  await store.allow('script.a', '/one/scripts/a.ts');
  await store.allow('script.c', '/two/scripts/c.ts');
  expect(await store.allowed(['/one/scripts'])).toEqual(['script.b', 'script.a']);
  expect(await store.allowed(['/two/scripts'])).toEqual(['script.c']);
  expect(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))).toMatchObject({ theme: 'dark' });
  expect(await readdir(folder)).toEqual(['config.json']);
});

it.each(['{', '[]', '{"allowScripts":"all"}'])('does not overwrite a file it cannot read: %s', async (text) => {
  const path = join(folder, 'config.json');
  await writeFile(path, text);
  await expect(new ConsentStore(folder).allow('script.a', '/a.ts')).rejects.toMatchObject({ code: 'CONFIG_INVALID', data: { path } });
  expect(await readFile(path, 'utf8')).toBe(text);
});

it('tells a folder it cannot write', async () => {
  await writeFile(join(folder, 'file'), '');
  await expect(new ConsentStore(join(folder, 'file')).allow('script.a', '/a.ts')).rejects.toMatchObject({ exit: expect.any(Number) });
});
