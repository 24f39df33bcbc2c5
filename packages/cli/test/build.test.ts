import { spawn } from 'node:child_process';
import { access, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const bin = join(root, 'packages/cli/bin');
let folder: string;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a piece of JavaScript in a process of its own. */
function node(code: string): Promise<Ended> {
  return new Promise((done) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (piece) => (stdout += piece));
    child.stderr.on('data', (piece) => (stderr += piece));
    child.on('close', (exit) => done({ code: exit, stdout, stderr }));
  });
}

const build = (): Promise<Ended> =>
  node(`import { buildWhenStale } from ${JSON.stringify(join(bin, 'build-when-stale.js'))};
        try { await buildWhenStale(${JSON.stringify(folder)}); } catch (error) { console.error(error.message); process.exit(1); }`);

async function write(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), text);
}

const config = (references: readonly string[]): string =>
  JSON.stringify({
    compilerOptions: {
      target: 'es2023',
      module: 'nodenext',
      rootDir: 'src',
      outDir: 'dist',
      composite: true,
      tsBuildInfoFile: 'dist/.tsbuildinfo',
      types: [],
    },
    include: ['src'],
    references: references.map((path) => ({ path })),
  });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'armature-build-'));
  await mkdir(join(folder, 'node_modules'));
  await symlink(join(root, 'node_modules/typescript'), join(folder, 'node_modules/typescript'));
  await symlink(join(root, 'node_modules/@typescript'), join(folder, 'node_modules/@typescript'));
  await write('packages/sdk/tsconfig.json', config([]));
  await write('packages/sdk/src/index.ts', 'export const one = 1;');
  await write('packages/cli/tsconfig.json', config(['../sdk']));
  await write('packages/cli/src/main.ts', `import { one } from '../../sdk/src/index.js'; export const two: number = one + 1;`);
  await write('packages/testing/tsconfig.json', config(['../sdk']));
  await write('packages/testing/src/index.ts', 'export const three = 3;');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('builds once, again after a change in any package, and speaks on stderr only', async () => {
  const first = await build();
  expect(first).toMatchObject({ code: 0, stdout: '' });
  expect(first.stderr).toMatch(/building…\narmature: built in [\d.]+ s\n/);
  expect(await build()).toMatchObject({ code: 0, stdout: '', stderr: '' });
  // A new author's package is linked to this one as well, and nobody else builds it.
  await access(join(folder, 'packages/testing/dist/index.js'));
  const later = new Date(Date.now() + 2000);
  await write('packages/sdk/src/index.ts', 'export const one = 11;');
  await utimes(join(folder, 'packages/sdk/src/index.ts'), later, later);
  expect((await build()).stderr).toContain('building');
  expect(await readFile(join(folder, 'packages/sdk/dist/index.js'), 'utf8')).toContain('11');
});

it('shows the errors of a failed build every time until they are mended', async () => {
  await write('packages/cli/src/main.ts', 'export const two: number = "two";');
  for (let run = 0; run < 2; run++) {
    const failed = await build();
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    expect(failed.stderr).toMatch(/main\.ts.*TS2322[\s\S]*The build failed/);
  }
  await write('packages/cli/src/main.ts', 'export const two: number = 2;');
  expect((await build()).code).toBe(0);
  expect(await build()).toMatchObject({ code: 0, stderr: '' });
});

it('says what to do where nothing is installed', async () => {
  await rm(join(folder, 'node_modules/typescript'));
  expect((await build()).stderr).toContain('Run npm ci first');
});

it('lets one of two at a time, and takes over a lock left behind', async () => {
  const lock = join(folder, 'lock');
  const turn = (name: string): Promise<Ended> =>
    node(`import { withBuildLock } from ${JSON.stringify(join(bin, 'build-lock.js'))};
          import { appendFileSync } from 'node:fs';
          await withBuildLock(${JSON.stringify(lock)}, async () => {
            appendFileSync(${JSON.stringify(join(folder, 'log'))}, '${name}<');
            await new Promise((done) => setTimeout(done, 300));
            appendFileSync(${JSON.stringify(join(folder, 'log'))}, '${name}>');
          });`);
  // A process that has surely ended.
  const ghost = spawn(process.execPath, ['-e', '']);
  await new Promise((done) => ghost.on('close', done));
  await writeFile(lock, String(ghost.pid));
  const turns = await Promise.all([turn('a'), turn('b'), turn('c')]);
  expect(turns.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(await readFile(join(folder, 'log'), 'utf8')).toMatch(/^((a<a>|b<b>|c<c>)){3}$/);
  await expect(access(lock)).rejects.toThrow();
});
