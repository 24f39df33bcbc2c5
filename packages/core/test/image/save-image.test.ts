import { fork } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { assertWritable, type SaveImageRequest, saveImage } from '../../src/image/index.js';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'armature-save-'));
  folders.push(folder);
  return folder;
}
const bytes = Buffer.from('picture');
const save = (folder: string, name: string, options: Partial<SaveImageRequest> = {}) =>
  saveImage({ folder, name, extension: 'png', bytes, ...options });

describe('saveImage', () => {
  test('numbers pictures as the webui does', async () => {
    const folder = temporaryFolder();
    const names: string[] = [];
    for (const seed of [5, 5, 6]) names.push((await save(folder, `txt2img-images/2026-01-02/${seed}`)).slice(folder.length));
    expect(names).toEqual(['00000-5.png', '00001-5.png', '00002-6.png'].map((name) => `/txt2img-images/2026-01-02/${name}`));
    expect(readdirSync(join(folder, 'txt2img-images/2026-01-02'))).toHaveLength(3);
    expect(readFileSync(join(folder, names[0] ?? ''))).toEqual(bytes);
  });

  test('goes on after the highest number, of whatever kind', async () => {
    const folder = temporaryFolder();
    for (const name of ['00041-1.png', '7.txt', 'x-99.png', '500px.png', 'grid-0050.png']) writeFileSync(join(folder, name), '');
    expect(await save(folder, '9')).toBe(join(folder, '00042-9.png'));
    expect(await save(folder, 'sub/')).toBe(join(folder, 'sub', '00000.png'));
  });

  test('numbers behind the name, apart from others', async () => {
    const folder = temporaryFolder();
    for (const name of ['00041-1.png', 'grid-0006-x.png', 'grid-y.png', 'gridded-0009.png']) writeFileSync(join(folder, name), '');
    expect(await save(folder, 'grid', { number: 'after' })).toBe(join(folder, 'grid-0007.png'));
    expect(await save(folder, 'grid', { number: 'after', taken: 'replace' })).toBe(join(folder, 'grid-0008.png'));
  });

  test('replaces only when told to, and no numbered file', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.png'), 'mine');
    expect(await save(folder, 'a', { number: 'none', taken: 'replace' })).toBe(join(folder, 'a.png'));
    expect(readFileSync(join(folder, 'a.png'))).toEqual(bytes);
    expect(await save(folder, 'a', { taken: 'replace' })).toBe(join(folder, '00000-a.png'));
    expect(readdirSync(folder)).toHaveLength(2);
  });

  test('names that Windows keeps for itself', async () => {
    const folder = temporaryFolder();
    expect(await save(folder, 'aux/con', { number: 'none' })).toBe(join(folder, 'aux_', 'con_.png'));
    expect(await save(folder, 'a?/what.', { number: 'none' })).toBe(join(folder, 'a_', 'what..png'));
  });

  test('cuts a name that is too long', async () => {
    const folder = temporaryFolder();
    const paths = [await save(folder, '語'.repeat(200)), await save(folder, 'x'.repeat(300), { number: 'none' })];
    paths.push(await save(folder, 'x'.repeat(300), { number: 'none' }));
    expect(paths.map((path) => basename(path))).toEqual([
      `00000-${'語'.repeat(81)}.png`,
      `${'x'.repeat(251)}.png`,
      `${'x'.repeat(249)}-1.png`,
    ]);
    expect(readdirSync(folder)).toHaveLength(3);
  });

  test('never overwrites, numbered or not', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.png'), 'mine');
    expect(await save(folder, 'a', { number: 'none' })).toBe(join(folder, 'a-1.png'));
    expect(await save(folder, 'a', { number: 'none' })).toBe(join(folder, 'a-2.png'));
    expect(readFileSync(join(folder, 'a.png'), 'utf8')).toBe('mine');
  });

  test('many at once, from several processes, all kept, no half file seen', async () => {
    const folder = temporaryFolder();
    const child = fileURLToPath(new URL('fixtures/saves-many.mjs', import.meta.url));
    const ends = [1, 2, 3].map(
      (id) =>
        new Promise((resolve, reject) =>
          fork(child, [folder, String(id)])
            .once('exit', resolve)
            .once('error', reject),
        ),
    );
    let open = true;
    const all = Promise.all(ends).finally(() => {
      open = false;
    });
    while (open) {
      for (const name of readdirSync(folder).filter((file) => file.endsWith('.png')))
        expect(readFileSync(join(folder, name))).toHaveLength(50_000);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await all).toEqual([0, 0, 0]);
    const names = readdirSync(folder).sort();
    expect(names).toHaveLength(60);
    for (const name of names) expect(readFileSync(join(folder, name))[49_999]).toBe(Number(name.slice(6, 7)));
  });

  test.each(['../x', 'a/../../x', '/etc/x', '..', 'a\\..\\..\\x', 'C:/x', 'a/\0x'])('a name that leaves the folder: %j', async (name) => {
    const folder = temporaryFolder();
    await expect(save(folder, name)).rejects.toMatchObject({ code: 'PATH_ESCAPES' });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('an extension that leaves the folder', async () => {
    await expect(save(temporaryFolder(), 'x', { extension: 'png/../../../y' })).rejects.toMatchObject({ code: 'PATH_ESCAPES' });
  });
});

describe('folders that cannot be written', () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, 'x');

  test.each([
    ['a file', file, 'a file, not a folder'],
    ['a folder below a file', join(file, 'deeper'), 'a part of the path is a file'],
    ['a name too long', join(temporaryFolder(), 'x'.repeat(300)), 'name is too long'],
    ['a place where nothing can be made', '/proc/armature', 'no folder can be made there'],
  ])('%s', async (_, folder, reason) => {
    for (const attempt of [assertWritable(folder), save(folder, 'x')]) {
      const error = await attempt.catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'OUTPUT_UNWRITABLE', data: { path: folder } });
      expect((error as Error).message).toContain(reason);
      expect((error as Error).message).toContain('--out');
    }
  });

  test.skipIf(process.getuid?.() === 0)('a folder without permission', async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o500);
    await expect(assertWritable(folder)).rejects.toThrow('permission denied');
  });

  test('a name that cannot be had leaves nothing behind', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'a.png'));
    await expect(save(folder, 'a', { number: 'none', taken: 'replace' })).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    expect(readdirSync(folder)).toEqual(['a.png']);
  });
});

test('assertWritable makes the folder and leaves it empty', async () => {
  const folder = join(temporaryFolder(), 'a', 'b');
  await assertWritable(folder);
  expect(readdirSync(folder)).toEqual([]);
  mkdirSync(join(folder, 'c'));
  await assertWritable(folder);
  expect(readdirSync(folder)).toEqual(['c']);
});
