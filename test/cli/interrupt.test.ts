import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Desk, type Started } from './armature.js';

let desk: Desk;
beforeEach(async () => {
  desk = await Desk.open();
});
afterEach(() => desk.close());

const saved = async (): Promise<readonly string[]> => {
  const files = await readdir(desk.path('outputs'), { recursive: true, withFileTypes: true }).catch(() => []);
  return files.filter((file) => file.isFile()).map((file) => file.name);
};

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((done) => setTimeout(done, 20));
}

const wait = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/** Processes the command has started (Linux). */
async function childrenOf({ child }: Started): Promise<readonly string[]> {
  const text = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean);
}

/** Killed processes go within moments, or the test's time runs out. */
const gone = (pids: readonly string[]): Promise<void> => until(async () => pids.every((pid) => !existsSync(`/proc/${pid}`)));

interface Stopped {
  readonly status: string;
  readonly paths: readonly string[];
  readonly images: readonly { readonly path: string }[];
}

it('stops after the running step, keeps what is finished and leaves nothing behind', async () => {
  const run = desk.start(['txt2img', 'a star', '--size', '64x64', '--steps', '3', '--count', '500', '--json']);
  await until(async () => (await saved()).length >= 2);
  const children = await childrenOf(run);
  expect(children.length).toBeGreaterThan(0);
  run.child.kill('SIGINT');
  // npm hands the same Ctrl-C on once more.
  run.child.kill('SIGINT');
  const { code, stdout, stderr } = await run.ended;
  expect(code).toBe(130);
  expect(stderr).toContain('stopping after this step');
  const { status, paths, images } = JSON.parse(stdout) as Stopped;
  expect(status).toBe('cancelled');
  expect(paths.length).toBeGreaterThanOrEqual(2);
  const files = await saved();
  // A grid of the finished pictures may stand beside them.
  expect(files.length).toBe(images.length);
  expect(files.filter((name) => !name.endsWith('.png'))).toEqual([]);
  await gone(children);
});

it('answers SIGTERM with 143', async () => {
  const run = desk.start(['txt2img', 'a star', '--size', '64x64', '--steps', '1000']);
  await run.said('sampling');
  run.child.kill('SIGTERM');
  expect(await run.ended).toMatchObject({ code: 143, stdout: expect.stringMatching(/^0 pictures in .* before it was stopped\n$/) });
});

it('ends at once on a second Ctrl-C, with the runtime process', async () => {
  await mkdir(desk.path('scripts'));
  await writeFile(
    desk.path('scripts/slow.js'),
    `import { defineExtension } from '@armature/sdk';
     export default defineExtension({ setup({ hooks }) {
       hooks.sampling.step.tap(async () => { process.stderr.write('asleep'); await new Promise((done) => setTimeout(done, 25000)); });
     } });`,
  );
  await desk.run(['extensions', 'allow', 'script.slow']);
  const run = desk.start(['txt2img', 'a star', '--size', '64x64', '--steps', '3']);
  await run.said('asleep');
  const children = await childrenOf(run);
  run.child.kill('SIGINT');
  await wait(600);
  const second = performance.now();
  run.child.kill('SIGINT');
  expect((await run.ended).code).toBe(130);
  expect(performance.now() - second).toBeLessThan(5000);
  await gone(children);
  expect(await saved()).toEqual([]);
});
