import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExtensionFolder } from '../../src/generation/extension-folder.js';

describe('the folder an extension came in', () => {
  let root: string;
  let own: ExtensionFolder;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'armature-folder-'));
    await mkdir(join(root, 'own', 'lists'), { recursive: true });
    await mkdir(join(root, 'own-too'));
    await writeFile(join(root, 'own', 'lists', 'animals.txt'), 'cat');
    await writeFile(join(root, 'secret.txt'), 'secret');
    await writeFile(join(root, 'own-too', 'secret.txt'), 'secret');
    await symlink(join(root, 'secret.txt'), join(root, 'own', 'link.txt'));
    await symlink(join(root, 'own', 'lists'), join(root, 'own', 'inner'));
    own = new ExtensionFolder('acme.lists', join(root, 'own'));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it('has files, also behind links that stay inside', async () => {
    expect(String(await own.read('lists/animals.txt'))).toBe('cat');
    expect(String(await own.read('inner/animals.txt'))).toBe('cat');
    expect(await own.read('lists/plants.txt')).toBeUndefined();
    expect(await own.read('lists/animals.txt/more')).toBeUndefined();
  });

  it.each(['../secret.txt', 'lists/../../secret.txt', '../own-too/secret.txt', '/etc/hostname', 'link.txt', '.', '..', ''])(
    'does not show %j',
    async (name) => {
      await expect(own.read(name)).rejects.toMatchObject({ code: 'PATH_ESCAPES' });
    },
  );

  it('is not there for a bare definition', async () => {
    await expect(new ExtensionFolder('acme.bare', undefined).read('lists/animals.txt')).rejects.toMatchObject({
      code: 'EXT_NO_FOLDER',
      data: { extension: 'acme.bare', name: 'lists/animals.txt' },
    });
  });
});
