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

it('remembers what was agreed to and keeps what else the file says', async () => {
  const store = new ConsentStore(folder);
  expect(await store.agreements()).toEqual([]);
  await writeFile(join(folder, 'config.json'), '{"theme":"dark"}');
  const [a, c] = [
    { id: 'script.a', path: '/one/scripts/a.ts', capabilities: [] },
    { id: 'you.c', path: '/two/extensions/you.c', capabilities: ['net'] },
  ];
  for (const agreement of [{ ...a, capabilities: ['fs'] }, a, c]) await store.agree(agreement);
  expect(await store.agreements()).toEqual([a, c]);
  await store.forget(a.path);
  await store.forget('/never/seen');
  expect(await store.agreements()).toEqual([c]);
  expect(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))).toMatchObject({ theme: 'dark' });
  expect(await readdir(folder)).toEqual(['config.json']);
});

it.each(['{', '[]', '{"consents":"all"}'])('does not overwrite a file it cannot read: %s', async (text) => {
  const path = join(folder, 'config.json');
  await writeFile(path, text);
  await expect(new ConsentStore(folder).agree({ id: 'script.a', path: '/a.ts', capabilities: [] })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    data: { path },
  });
  expect(await readFile(path, 'utf8')).toBe(text);
});

it('tells a folder it cannot write', async () => {
  await writeFile(join(folder, 'file'), '');
  await expect(new ConsentStore(join(folder, 'file')).agree({ id: 'script.a', path: '/a.ts', capabilities: [] })).rejects.toMatchObject({
    exit: expect.any(Number),
  });
});
