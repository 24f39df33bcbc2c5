import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { run } from '@armature/cli';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { root } from '../source-file.js';
import { Desk, type Ended } from './armature.js';
import { blackens, extensionFolder } from './extension-folder.js';

let desk: Desk;
beforeEach(async () => {
  desk = await Desk.open();
});
afterEach(() => desk.close());

/** Without a registry, and with npm's own files in the desk. */
const armature = (...args: readonly string[]): Promise<Ended> =>
  desk.run(args, { HOME: desk.path('home'), npm_config_cache: desk.path('npm'), npm_config_offline: 'true' });
const json = async (file: string) => JSON.parse(await readFile(desk.path(file), 'utf8'));
const exists = (file: string): Promise<boolean> =>
  stat(desk.path(file)).then(
    () => true,
    () => false,
  );
const states = async (): Promise<Record<string, string>> => {
  const { stdout } = await armature('extensions', '--json');
  return Object.fromEntries(JSON.parse(stdout).map((report: { id: string; state: string }) => [report.id, report.state]));
};

it('adds a folder, uses it, and removes it without a trace', async () => {
  const scripts = { prepack: 'touch ../ran', prepare: 'touch ../ran', postinstall: 'touch ../ran' };
  await extensionFolder(desk.path('black'), { scripts });
  const added = await armature('add', './black', '--yes');
  expect(added).toMatchObject({ code: 0, stderr: 'test.black 1.0.0 was added to extensions/test.black\n' });
  expect(added.stdout).toContain('asks for  nothing beyond the SDK');
  expect(added.stdout).toContain('install scripts of black@1.0.0');
  expect((await readdir(desk.path('extensions'))).sort()).toEqual(['armature-lock.json', 'test.black']);
  expect(await states()).toMatchObject({ 'test.black': 'active' });
  const path = desk.path('extensions/test.black');
  expect((await json('data/config.json')).consents).toEqual([{ id: 'test.black', path, capabilities: [] }]);
  expect(JSON.parse((await armature('list', '--json')).stdout)).toMatchObject([
    { id: 'test.black', version: '1.0.0', package: 'black', from: '../black', state: 'ok' },
  ]);
  expect(await armature('remove', 'test.black')).toMatchObject({ code: 0, stdout: 'test.black was removed from extensions\n' });
  expect(await readdir(desk.path('extensions'))).toEqual(['armature-lock.json']);
  expect((await json('data/config.json')).consents).toEqual([]);
  expect(await states()).not.toHaveProperty('test.black');
  expect(await armature('remove', 'test.black')).toMatchObject({ code: 3, stderr: expect.stringContaining('EXT_NOT_ADDED') });
  expect(await exists('ran')).toBe(false);
});

it('adds an example with its model, which makes a picture', async () => {
  expect(await armature('add', join(root, 'examples/custom-upscaler'), '--yes')).toMatchObject({ code: 0 });
  const size = ['--size', '64x64', '--steps', '2', '--hires.denoising-strength', '0.3', '--hires.upscaler', 'Crisp 2x'];
  const { stdout } = await armature('txt2img', 'a star', ...size, '--strict', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ faults: [], images: [{ width: 128, height: 128 }] });
}, 60_000);

it('adds what a configuration may name, and a product may hold', async () => {
  await extensionFolder(desk.path('black'));
  expect(await armature('add', './black', '--yes')).toMatchObject({ code: 0 });
  await writeFile(desk.path('armature.config.ts'), "export default { extensions: ['./extensions/test.black'] };\n");
  expect(await states()).toMatchObject({ 'test.black': 'active' });
  const { code, stderr, stdout } = await armature('build', '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout).extensions).toMatchObject([{ id: 'test.black', version: '1.0.0' }]);
}, 60_000);

it('says what it would trust and writes nothing', async () => {
  const capabilities = ['graph', 'net'];
  const block = { api: 1, id: 'test.black', engines: { armature: '*' }, entry: './index.js', capabilities };
  await extensionFolder(desk.path('black'), { armature: block });
  const dry = await armature('add', './black', '--dry-run');
  expect(dry).toMatchObject({ code: 0, stderr: '' });
  expect(dry.stdout).toContain('asks for  graph: changes networks');
  const [plan] = JSON.parse((await armature('add', './black', '--dry-run', '--json')).stdout);
  expect(plan).toMatchObject({ id: 'test.black', capabilities, added: false, integrity: expect.stringMatching(/^sha512-/) });
  expect(await exists('extensions')).toBe(false);
  expect(await exists('data/config.json')).toBe(false);
});

it('asks whoever sits there, and takes silence for a no', async () => {
  await extensionFolder(desk.path('black'));
  expect(await armature('add', './black')).toMatchObject({ code: 2, stderr: expect.stringContaining('EXT_AGREEMENT') });
  const questions: string[] = [];
  const answering = (answer: boolean): Promise<number> =>
    run(['add', './black'], {
      stdout: new PassThrough(),
      stderr: new PassThrough(),
      folder: desk.folder,
      env: { ARMATURE_DATA: desk.path('data'), npm_config_offline: 'true', npm_config_cache: desk.path('npm') },
      signal: new AbortController().signal,
      ask: async (question) => {
        questions.push(question);
        return answer;
      },
    });
  expect(await answering(false)).toBe(2);
  expect(await exists('extensions')).toBe(false);
  expect(await answering(true)).toBe(0);
  expect(questions).toEqual(['Add test.black?', 'Add test.black?']);
  expect(await states()).toMatchObject({ 'test.black': 'active' });
});

it('puts another version in place of one that is there, and keeps that one when it fails', async () => {
  await extensionFolder(desk.path('black'));
  await armature('add', './black', '--yes');
  const block = { api: 1, id: 'test.black', engines: { armature: '*' }, entry: './index.js', capabilities: ['net'] };
  await extensionFolder(desk.path('black'), { version: '1.1.0', armature: block });
  expect(JSON.parse((await armature('list', '--outdated', '--json')).stdout)).toMatchObject([{ id: 'test.black', latest: '1.1.0' }]);
  // The agreement cannot be written.
  await rm(desk.path('data'), { recursive: true });
  await writeFile(desk.path('data'), '');
  expect(await armature('add', './black', '--yes')).toMatchObject({ code: 2, stderr: expect.stringContaining('CONFIG_INVALID') });
  expect(await json('extensions/test.black/package.json')).toMatchObject({ version: '1.0.0' });
  expect((await json('extensions/armature-lock.json')).extensions['test.black'].version).toBe('1.0.0');
  await rm(desk.path('data'));
  const updated = await armature('add', './black', '--yes');
  expect(updated.stdout).toContain('test.black 1.1.0 in place of 1.0.0');
  expect(updated.stdout).toContain('net (new): ');
  expect(await json('extensions/test.black/package.json')).toMatchObject({ version: '1.1.0' });
  expect((await readdir(desk.path('extensions'))).sort()).toEqual(['armature-lock.json', 'test.black']);
  expect((await armature('list', '--outdated')).stderr).toBe('Nothing is outdated.\n');
});

it('puts back what the lockfile names, and nothing else under that name', async () => {
  await extensionFolder(desk.path('black'));
  await armature('add', './black', '--yes');
  const lock = await readFile(desk.path('extensions/armature-lock.json'), 'utf8');
  await rm(desk.path('extensions/test.black'), { recursive: true });
  expect((await armature('list')).stdout).toMatch(/test\.black +1\.0\.0 +missing/);
  expect(await armature('add', '--yes')).toMatchObject({ code: 0 });
  expect(await states()).toMatchObject({ 'test.black': 'active' });
  expect((await armature('add', '--yes')).stderr).toBe('Everything the lockfile names is here.\n');
  await rm(desk.path('extensions/test.black'), { recursive: true });
  await writeFile(desk.path('black/index.js'), `${blackens}// changed`);
  expect(await armature('add', '--yes')).toMatchObject({ code: 6, stderr: expect.stringContaining('EXT_LOCK') });
  expect(await exists('extensions/test.black')).toBe(false);
  expect(await readFile(desk.path('extensions/armature-lock.json'), 'utf8')).toBe(lock);
});

const block = { api: 1, id: 'test.black', engines: { armature: '*' }, entry: './index.js' };

it('lets a package wait that asks for more than was agreed to', async () => {
  await extensionFolder(desk.path('black'));
  await armature('add', './black', '--yes');
  await extensionFolder(desk.path('extensions/test.black'), { armature: { ...block, capabilities: ['net'] } });
  expect(await states()).toMatchObject({ 'test.black': 'listed' });
  expect((await armature('extensions')).stdout).toContain('asks for more than was allowed: net');
  expect((await armature('extensions', 'allow', 'test.black')).stdout).toBe('test.black is allowed, with net\n');
  expect(await states()).toMatchObject({ 'test.black': 'active' });
});

it('ends at once when the user stops it, and leaves nothing', async () => {
  await extensionFolder(desk.path('black'));
  const stopping = new AbortController();
  setTimeout(() => stopping.abort(), 200);
  const terminal = { stdout: new PassThrough(), stderr: new PassThrough(), folder: desk.folder };
  const env = { ARMATURE_DATA: desk.path('data'), npm_config_offline: 'true', npm_config_cache: desk.path('npm') };
  expect(await run(['add', './black', '--yes'], { ...terminal, env, signal: stopping.signal })).toBe(130);
  expect(await exists('extensions')).toBe(false);
  expect(await exists('data/config.json')).toBe(false);
});
