import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { root } from '../source-file.js';
import { Desk } from './armature.js';

const runFile = promisify(execFile);
let desk: Desk;
beforeEach(async () => {
  desk = await Desk.open();
});
afterEach(() => desk.close());

/** An author's shell: none of the variables of this test run, and no registry. */
const npm = (folder: string, ...args: readonly string[]) =>
  runFile('npm', args, {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: desk.path('home'), npm_config_offline: 'true', npm_config_cache: desk.path('npm') },
  });
const read = async (file: string) => JSON.parse(await readFile(file, 'utf8'));

it.each(['hook', 'sampler', 'upscaler', 'script', 'rider', 'panel'])(
  'a %s type-checks, passes its test, and is what npm pack packs',
  async (kind) => {
    const created = await desk.run(['create', `ada.my-${kind}`, '--kind', kind]);
    expect(created).toMatchObject({ code: 0, stderr: expect.stringContaining(`ada.my-${kind} is of kind ${kind}`) });
    const folder = desk.path(`my-${kind}`);
    await npm(folder, 'install');
    expect((await npm(folder, 'test')).stdout).toMatch(/Tests .*passed/);
    const [packed] = JSON.parse((await npm(folder, 'pack', '--json', '--silent')).stdout.replace(/^[^[]*/, ''));
    expect(packed.files.map(({ path }: { path: string }) => path).sort()).toEqual(
      ['README.md', 'dist/index.d.ts', 'dist/index.js', 'dist/index.js.map', 'package.json', 'src/index.ts'].sort(),
    );
    expect(await readFile(join(folder, 'README.md'), 'utf8')).not.toContain('{{');
    const manifest = await read(join(folder, 'package.json'));
    expect(manifest).toMatchObject({ armature: { id: `ada.my-${kind}` }, peerDependencies: { '@armature/sdk': '^0.1.0' } });
    const added = await desk.run(['add', `./my-${kind}/my-${kind}-0.1.0.tgz`, '--dry-run', '--json'], { npm_config_offline: 'true' });
    expect(JSON.parse(added.stdout)).toMatchObject([{ id: `ada.my-${kind}`, capabilities: kind === 'rider' ? ['graph'] : [] }]);
  },
  120_000,
);

it('names the compiler and the test runner of this repository', async () => {
  await desk.run(['create', 'ada.far', '--no-link']);
  const { devDependencies } = await read(desk.path('far/package.json'));
  const ours = await read(join(root, 'package.json'));
  const { typescript, vitest } = ours.devDependencies;
  const { version } = await read(join(root, 'packages/sdk/package.json'));
  const packages = { '@armature/cli': version, '@armature/sdk': version, '@armature/testing': version };
  expect(devDependencies).toEqual({ ...packages, typescript, vitest });
  expect(await readFile(desk.path('far/README.md'), 'utf8')).not.toContain('checkout');
});

it('takes a path, an owner and a checkout', async () => {
  const made = await desk.run(['create', 'deep/down/glow', '--owner', 'ada', '--link', root, '--json']);
  expect(JSON.parse(made.stdout)).toMatchObject({ id: 'ada.glow', kind: 'hook', folder: desk.path('deep/down/glow') });
  await npm(desk.path('deep/down/glow'), 'install');
  expect(await read(desk.path('deep/down/glow/node_modules/@armature/sdk/package.json'))).toMatchObject({ name: '@armature/sdk' });
});

it.each([
  [['Warm Light'], 'REQUEST_INVALID', 'Warm Light'],
  [['../..'], 'REQUEST_INVALID', 'small letters'],
  [['a.b.c'], 'REQUEST_INVALID', 'a.b.c'],
  [['armature.glow'], 'REQUEST_INVALID', 'reserved'],
  [['you.hires'], 'REQUEST_INVALID', 'taken'],
  [['glow', '--owner', 'A B'], 'REQUEST_INVALID', 'A B'],
  [['glow', '--kind', 'hat'], 'REQUEST_INVALID', 'sampler'],
  [['glow', '--link', '.'], 'REQUEST_INVALID', '--link'],
  [['taken'], 'FOLDER_EXISTS', 'taken'],
])('refuses %j and writes nothing', async (args, code, word) => {
  await writeFile(desk.path('taken'), 'mine');
  const { stderr, code: exit } = await desk.run(['create', ...args]);
  expect(stderr).toContain(`armature: ${code}: `);
  expect(stderr).toContain(word);
  expect(exit).toBeGreaterThan(1);
  expect(await readdir(desk.folder)).toEqual(['taken']);
  expect(await readFile(desk.path('taken'), 'utf8')).toBe('mine');
});
