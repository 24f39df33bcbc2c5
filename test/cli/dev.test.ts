import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PassThrough } from 'node:stream';
import { run } from '@armature/cli';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Desk, type Started } from './armature.js';

let desk: Desk;
const runs: Started[] = [];
beforeEach(async () => {
  desk = await Desk.open();
});
afterEach(async () => {
  // Only where a test has failed: `dev` ends when it is told to.
  for (const { child } of runs.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
  await desk.close();
});

function develop(...args: readonly string[]): Started {
  const run = desk.start(['dev', ...args]);
  runs.push(run);
  return run;
}

async function write(name: string, text: string): Promise<void> {
  await mkdir(dirname(desk.path(name)), { recursive: true });
  await writeFile(desk.path(name), text);
}

const manifest = JSON.stringify({
  name: 'late',
  version: '0.1.0',
  type: 'module',
  armature: { api: 1, id: 'you.late', engines: { armature: '^0.1' }, entry: './src/index.ts' },
});

/** An extension whose tap has these lines; the first is line 7. */
const source = (body: string, setup = ''): string => `import { defineExtension, type Latent } from '@armature/sdk';

export default defineExtension({
  setup({ hooks }) {
    ${setup}
    hooks.sampling.guided.tap((latent: Latent) => {
${body}
    });
  },
});
`;

/** Processes below the command (Linux): the runtime and the compiler. */
async function childrenOf({ child }: Started): Promise<readonly string[]> {
  const text = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean);
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((done) => setTimeout(done, 20));
}

async function ended(run: Started): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  run.child.kill('SIGINT');
  return run.ended;
}

it('follows the author: new generations, faults by source line, what is broken leaves the last one in force', async () => {
  await write('late/package.json', manifest);
  await write('late/src/index.ts', source('return latent.unsharp(0.4);'));
  const run = develop('late', '--try', 'a star', '--steps', '3', '--size', '64x64');
  await run.said('dev.png');
  const first = await readFile(desk.path('outputs/dev.png'));
  await write('late/src/index.ts', source('return latent.scale(0.5);'));
  await run.said('from the last one');
  expect(await readFile(desk.path('outputs/dev.png'))).not.toEqual(first);

  await write('late/src/index.ts', source(`const wish: string = 'lost';\n  throw new Error(wish);`));
  await run.said('src/index.ts:8:9');
  await write('late/src/index.ts', source('return latent.;'));
  await run.said('src/index.ts:7:15: Expected identifier but found ";"');
  await write('late/src/index.ts', source('return latent;', `throw new Error('no setup');`));
  await run.said('the generation before it stays in force');
  await run.said('src/index.ts:5:11');
  await write('late/src/index.ts', source('return latent;'));
  await run.said('the same as the last one');

  const children = await childrenOf(run);
  expect(children.length).toBeGreaterThanOrEqual(2);
  const { code, stdout, stderr } = await ended(run);
  expect(code).toBe(0);
  expect(stdout).toContain('you.late 0.1.0 is active\n  sampling.guided  1 of 1, stage Default (0)\n');
  expect(stderr).toContain('EXT_TAP_THREW: you.late failed in sampling.guided: lost.\n');
  expect(stderr).toContain('EXT_SETUP_THREW: you.late failed in setup: no setup.\n');
  await until(() => children.every((pid) => !existsSync(`/proc/${pid}`)));
  expect((await readdir(desk.path('outputs'))).sort()).toEqual(['dev.png']);
  expect((await readdir(desk.folder, { recursive: true })).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

it('follows a single script, whose name is its consent for this run, and one that does not build yet', async () => {
  await write('scripts/soft.ts', 'export default ;');
  await write('scripts/other.ts', 'throw new Error();');
  const run = develop('scripts/soft.ts');
  await run.said('soft.ts:1:16: Unexpected ";"');
  await write('scripts/soft.ts', source('return latent.scale(1);'));
  await run.said('script.soft 0.0.0 is active after');
  await write('scripts/soft.ts', source('return latent.scale(1);', `hooks.prompt.text.tap((text) => text);`));
  // Extensions that come with the program tap it too.
  await run.said('prompt.text  ');
  const { code, stderr } = await ended(run);
  expect(code).toBe(0);
  expect(stderr).toContain('script.other');
  expect(existsSync(desk.path('outputs'))).toBe(false);
});

it('takes a new manifest, and says when there is no extension', async () => {
  await mkdir(desk.path('late'));
  const run = develop('late');
  await run.said('EXT_MANIFEST');
  await write('late/src/index.ts', source('return latent;'));
  await write('late/package.json', manifest);
  await run.said('you.late 0.1.0 is active after');
  await write('late/package.json', manifest.replace('0.1.0', '0.2.0'));
  await run.said('you.late 0.2.0 is active after');
  expect((await ended(run)).code).toBe(0);
  expect(await desk.run(['dev', 'nowhere'])).toMatchObject({ code: 2, stderr: expect.stringContaining('CONFIG_INVALID') });
});

it('ends without a timer, a watcher or a process of its own when it is asked to', async () => {
  await write('late/package.json', manifest);
  await write('late/src/index.ts', source('return latent;'));
  const open = (kind: string): number => process.getActiveResourcesInfo().filter((name) => name === kind).length;
  const kinds = ['FSEventWrap', 'ProcessWrap', 'PipeWrap', 'Timeout'];
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const stop = new AbortController();
  const before = kinds.map(open);
  const running = run(['dev', 'late', '--try', 'a star', '--steps', '2', '--size', '64x64'], {
    stdout,
    stderr,
    folder: desk.folder,
    env: { ARMATURE_DATA: desk.path('data') },
    signal: stop.signal,
  });
  let told = '';
  stdout.on('data', (text) => {
    told += text;
  });
  await until(() => told.includes('dev.png'));
  expect(open('FSEventWrap')).toBe(2);
  await write('late/src/index.ts', source('return latent.scale(2);'));
  await until(() => told.includes('is active after'));
  stop.abort();
  expect(await running).toBe(0);
  // Closed handles are counted until the loop has turned.
  await new Promise((done) => setTimeout(done, 50));
  for (const [index, kind] of kinds.entries()) expect(open(kind), kind).toBeLessThanOrEqual(before[index] ?? 0);
});

it('loads the sources of a new package that was never built', async () => {
  await desk.run(['create', 'you.fresh', '--no-link']);
  const run = develop('fresh');
  await run.said('you.fresh 0.1.0 is active');
  const code = await readFile(desk.path('fresh/src/index.ts'), 'utf8');
  await writeFile(desk.path('fresh/src/index.ts'), code.replace('hooks.image.each', 'hooks.image.composite'));
  await run.said('image.composite');
  expect(await ended(run)).toMatchObject({ code: 0 });
});
