import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('..', import.meta.url));
const armature = fileURLToPath(new URL('../../../packages/cli/bin/armature.js', import.meta.url));
let data: string;

const node = (...args: readonly string[]) =>
  spawnSync(process.execPath, args, { cwd: folder, env: { ...process.env, ARMATURE_DATA: data }, encoding: 'utf8', timeout: 50_000 });

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'armature-composed-'));
});
afterAll(() => rm(data, { recursive: true, force: true }));

it('is built by one command, which tells what each extension costs', async () => {
  const { stdout, stderr, status } = node(armature, 'build', '--target', 'module', '--check');
  expect(status, stderr).toBe(0);
  expect(stdout).toMatch(/^examples\.late-sharpen +0\.1\.0 +0\.\d kB +- +- +sampling\.guided$/m);
  expect(stdout).toMatch(/^examples\.ease +0\.1\.0 +0\.\d kB +- +- +sampler examples\.ease\/Ease$/m);
  expect(stdout).toMatch(/^dist: index\.js .*; to be installed beside it: onnxruntime-node@\S+, sharp@\S+$/m);
  expect(stdout).toMatch(/It was started once and works\.\n$/);
  const { version } = JSON.parse(await readFile(join(folder, 'dist/package.json'), 'utf8'));
  expect(version).toBe('0.1.0');
});

it('makes a picture', () => {
  const { stdout, stderr } = node(
    '--input-type=module',
    '--eval',
    `import { createHost } from './dist/index.js';
const host = await createHost({ data: process.env.ARMATURE_DATA });
const { images, faults } = await host.txt2img({ prompt: 'a red circle', seed: 1, steps: 3, width: 64, height: 64, sampler: 'Ease' });
console.log(faults.length, images[0].infotext);
await host.dispose();`,
  );
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^0 a red circle\nSteps: 3, Sampler: Ease/);
});

it('says in one line what it cannot build', () => {
  const { stderr, status } = node(armature, 'build', '--target', 'desktop');
  const [line] = stderr.trim().split('\n').slice(-1);
  expect(line).toBe(
    'armature: BUILD_TARGET: A product cannot be built for "desktop": there is no such target. Known: cli, module, server.',
  );
  expect(status).toBe(2);
});
