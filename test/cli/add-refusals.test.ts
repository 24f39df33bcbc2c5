import { readdir, stat, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Desk, type Ended } from './armature.js';
import { blackens, extensionFolder } from './extension-folder.js';
import { tarBytes } from './tar-bytes.js';

let desk: Desk;
beforeEach(async () => {
  desk = await Desk.open();
});
afterEach(() => desk.close());

const armature = (...args: readonly string[]): Promise<Ended> =>
  desk.run(args, { HOME: desk.path('home'), npm_config_cache: desk.path('npm'), npm_config_offline: 'true' });
const exists = (file: string): Promise<boolean> =>
  stat(desk.path(file)).then(
    () => true,
    () => false,
  );

const block = { api: 1, id: 'test.black', engines: { armature: '*' }, entry: './index.js' };
const packed = (files: Readonly<Record<string, string>>): Buffer =>
  tarBytes({
    'package/package.json': JSON.stringify({ name: 'black', version: '1.0.0', armature: block }),
    'package/index.js': blackens,
    ...files,
  });

it.each([
  ['no armature block', () => extensionFolder(desk.path('bad'), { armature: undefined }), 'EXT_MANIFEST', 'armature'],
  ['an id that is none', () => extensionFolder(desk.path('bad'), { armature: { ...block, id: 'Black' } }), 'EXT_MANIFEST', 'owner.name'],
  [
    'another engine',
    () => extensionFolder(desk.path('bad'), { armature: { ...block, engines: { armature: '^9' } } }),
    'EXT_ENGINE_MISMATCH',
    '^9',
  ],
  ['another api', () => extensionFolder(desk.path('bad'), { armature: { ...block, api: 9 } }), 'EXT_API_MISMATCH', '"api": 1'],
  [
    'an unknown capability',
    () => extensionFolder(desk.path('bad'), { armature: { ...block, capabilities: ['root'] } }),
    'EXT_MANIFEST',
    'root',
  ],
  [
    'an entry that is not built',
    () => extensionFolder(desk.path('bad'), { armature: { ...block, entry: './dist/a.js' } }),
    'EXT_MANIFEST',
    'build',
  ],
  [
    'something it requires',
    () => extensionFolder(desk.path('bad'), { armature: { ...block, requires: ['no.body'] } }),
    'EXT_REQUIRES',
    'no.body',
  ],
  [
    'an id that comes with the program',
    () => extensionFolder(desk.path('bad'), { armature: { ...block, id: 'armature.soft-inpainting' } }),
    'EXT_DUPLICATE_ID',
    'Remove one',
  ],
  [
    'an SDK of its own',
    () =>
      extensionFolder(
        desk.path('bad'),
        { dependencies: { '@armature/sdk': '*' }, bundleDependencies: ['@armature/sdk'] },
        { 'node_modules/@armature/sdk/package.json': '{"name":"@armature/sdk","version":"0.1.0"}' },
      ),
    'EXT_MANIFEST',
    'peerDependencies',
  ],
  [
    'a way out of the folder',
    () => writeFile(desk.path('bad.tgz'), packed({ 'package/../../../out.js': '' })),
    'PACKAGE_SOURCE',
    '../../out.js',
  ],
  [
    'a place of its own',
    () => writeFile(desk.path('bad.tgz'), packed({ '/tmp/armature-out.js': '' })),
    'PACKAGE_SOURCE',
    '/tmp/armature-out.js',
  ],
  [
    'a name that is a path',
    () =>
      writeFile(
        desk.path('bad.tgz'),
        tarBytes({ 'package/package.json': JSON.stringify({ name: '../../out', version: '1.0.0', armature: block }) }),
      ),
    'PACKAGE_SOURCE',
    'no npm name',
  ],
  [
    'no block in its archive',
    () => writeFile(desk.path('bad.tgz'), tarBytes({ 'package/package.json': '{"name":"plain","version":"1.0.0"}' })),
    'EXT_MANIFEST',
    'package.json of plain: there is no "armature" block',
  ],
  ['no archive', () => writeFile(desk.path('bad.tgz'), 'not a package'), 'PACKAGE_FAILED', 'bad.tgz'],
])('refuses a package with %s, and leaves nothing', async (_, write, code, word) => {
  await write();
  const name = (await exists('bad.tgz')) ? 'bad.tgz' : './bad';
  const { stderr, stdout, code: exit } = await armature('add', name, '--yes');
  expect(stderr).toContain(`armature: ${code}: `);
  expect(stderr).toContain(word);
  expect(exit).toBeGreaterThan(1);
  expect(stdout).toBe('');
  expect(await exists('extensions')).toBe(false);
  expect(await exists('data/config.json')).toBe(false);
});

it.each([
  ['./nowhere', 'PACKAGE_SOURCE', 'there is no'],
  ['black', 'PACKAGE_SOURCE', 'write ./black'],
  ['git+https://example.invalid/black.git', 'PACKAGE_SOURCE', 'npm name'],
  ['--help-me', 'CLI_USAGE', '--help-me'],
  ['./black/index.js', 'PACKAGE_SOURCE', 'npm pack'],
  ['nowhere@1.0.0', 'PACKAGE_UNREACHABLE', 'a folder or a .tgz file'],
])('says what to do instead of %s', async (given, code, word) => {
  await extensionFolder(desk.path('black'));
  const { stderr, code: exit } = await armature('add', given, '--yes');
  expect(stderr).toContain(`armature: ${code}: `);
  expect(stderr).toContain(word);
  expect(exit).toBeGreaterThan(1);
});

it('refuses code that reaches for what it does not declare, and shows what it reaches for', async () => {
  const code = `import { readFileSync } from 'node:fs';\n${blackens}export const own = readFileSync;`;
  await extensionFolder(desk.path('black'), {}, { 'index.js': code });
  const refused = await armature('add', './black', '--yes');
  expect(refused).toMatchObject({
    code: 6,
    stdout: '',
    stderr: expect.stringContaining('EXT_CAPABILITY: test.black uses node:fs (index.js)'),
  });
  await extensionFolder(desk.path('black'), { armature: { ...block, capabilities: ['fs'] } }, { 'index.js': code });
  expect((await armature('add', './black', '--yes')).stdout).toMatch(/asks for {2}fs: .*\n {2}uses {6}node:fs\n/);
  await extensionFolder(desk.path('broken'), { name: 'broken' }, { 'index.js': 'import {' });
  const { stderr } = await armature('add', './broken', '--yes');
  expect(stderr).toContain('EXT_IMPORT: test.black could not be loaded: index.js:1:');
});

it('leaves a folder alone that somebody made there', async () => {
  await extensionFolder(desk.path('black'));
  await extensionFolder(desk.path('extensions/test.black'));
  expect(await armature('add', './black', '--yes')).toMatchObject({ code: 7, stderr: expect.stringContaining('FOLDER_EXISTS') });
  await extensionFolder(desk.path('extensions/other'), { armature: { ...block, id: 'test.other' } });
  await extensionFolder(desk.path('twin'), { armature: { ...block, id: 'test.other' } });
  expect(await armature('add', './twin', '--yes')).toMatchObject({ code: 6, stderr: expect.stringContaining('EXT_DUPLICATE_ID') });
  expect((await readdir(desk.path('extensions'))).sort()).toEqual(['other', 'test.black']);
});
