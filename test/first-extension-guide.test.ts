import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { decodeImage } from '@armature/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { root } from './source-file.js';

const runFile = promisify(execFile);
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'armature-guide-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A new author's shell: a checkout stands beside, and there is no registry. */
async function shell(line: string, from: string): Promise<string> {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    ARMATURE_DATA: join(folder, 'data'),
    npm_config_cache: join(folder, 'npm'),
    npm_config_offline: 'true',
  };
  const marked = `${line}\npwd > "$HOME/where"`;
  await runFile('sh', ['-e', '-c', marked], { cwd: from, env }).catch((error: { stdout?: string; stderr?: string }) => {
    throw new Error(`${line}\n${error.stdout}${error.stderr}`);
  });
  return (await readFile(join(folder, 'where'), 'utf8')).trim();
}

/** The one picture below a folder. */
async function picture(below: string): Promise<{ readonly bytes: Uint8Array; readonly file: Buffer }> {
  const [name, ...more] = (await readdir(below, { recursive: true })).filter((file) => file.endsWith('.png'));
  expect(more).toEqual([]);
  const file = await readFile(join(below, name ?? ''));
  return { bytes: (await decodeImage(file)).toBytes(), file };
}

it('replays the guide: scaffold, edit, test, pack, add, another picture', async () => {
  const guide = await readFile(join(root, 'docs/guide/first-extension.md'), 'utf8');
  await symlink(root, join(folder, 'armature'));
  let here = folder;
  let commands = 0;
  for (const [, language, code = ''] of guide.matchAll(/```(sh|ts)\n([\s\S]*?)```/g)) {
    const name = /^\/\/ (\S+)\n/.exec(code)?.[1] ?? '';
    if (language === 'ts') {
      await mkdir(dirname(join(here, name)), { recursive: true });
      await writeFile(join(here, name), code);
      continue;
    }
    for (const line of code.trim().split('\n')) {
      // Each counts that does something: going into a folder and making it do not.
      commands += line.split('&&').filter((part) => !/^\s*(?:cd|mkdir) /.test(part)).length;
      here = await shell(line, here);
    }
  }
  expect(commands).toBeLessThanOrEqual(10);
  const [before, after] = [await picture(join(folder, 'studio/before')), await picture(join(folder, 'studio/after'))];
  expect(after.bytes).toHaveLength(before.bytes.length);
  const largest = after.bytes.reduce((most, value, at) => Math.max(most, Math.abs(value - (before.bytes[at] ?? 0))), 0);
  expect(largest).toBeGreaterThan(20);
  expect(after.file.includes('Skipped:')).toBe(false);
}, 180_000);
