import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildProduct } from '@armature/compose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root } from '../source-file.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'armature-gives-back-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a plain program is left with: `open` and `close` are the statements around a picture. */
const program = (imports: string, open: string, close: string): string => `
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
${imports}
const children = () => execFileSync('ps', ['-o', 'comm=', '--ppid', String(process.pid)], { encoding: 'utf8' }).split('\\n').filter((name) => name && name !== 'ps');
const held = () => ({ resources: process.getActiveResourcesInfo().sort(), children: children(), listeners: process.eventNames().map(String).sort() });
const request = { prompt: 'a red circle', seed: 1, steps: 3, width: 64, height: 64 };
const data = process.env.DATA;
// Loading this module is over.
await new Promise((done) => setTimeout(done, 50));
const before = held();
${open}
const during = held();
${close}
// Node closes the handle of an ended process one turn later.
await new Promise((done) => setTimeout(done, 20));
const after = held();
process.stdout.write(JSON.stringify({ before, during, after, files: readdirSync(tmpdir()) }));
`;

interface Held {
  readonly resources: readonly string[];
  readonly children: readonly string[];
  readonly listeners: readonly string[];
}

async function run(text: string): Promise<{ before: Held; during: Held; after: Held; files: readonly string[]; left: readonly string[] }> {
  const temporary = await mkdtemp(join(folder, 'tmp-'));
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', text], {
    cwd: root,
    env: { ...process.env, TMPDIR: temporary, DATA: data },
    encoding: 'utf8',
    timeout: 50_000,
  });
  // It ended by itself: nothing kept its event loop.
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return { ...JSON.parse(stdout), left: await readdir(temporary) };
}

const core = "import { createHost, RUNTIME, startRuntime } from '@armature/core';\nimport { tinyModelFolder } from '@armature/tiny-model';";
const host = (more = ''): string => `await createHost({ models: [tinyModelFolder], data, threads: 2, ${more} })`;

it.each([
  ['a host that made a picture', `const host = ${host()}; await host.txt2img(request);`, 'await host.dispose();', 1],
  ['a host that made none', `const host = ${host()};`, 'await host.dispose();', 0],
  [
    'a host in the middle of a job',
    `const host = ${host()}; const job = host.txt2img({ ...request, steps: 2000 }); await host.txt2img(request, { signal: AbortSignal.timeout(1500) });`,
    'await host.dispose(); await job;',
    1,
  ],
  [
    'two hosts at once',
    `const hosts = [${host()}, ${host()}]; await Promise.all(hosts.map((host) => host.txt2img(request)));`,
    'await Promise.all(hosts.map((host) => host.dispose()));',
    2,
  ],
  [
    'a host with its runtime in a thread',
    `const runtime = await startRuntime({ isolation: 'thread' }); const host = ${host('provide: [[RUNTIME, () => async () => runtime]]')}; await host.txt2img(request);`,
    'await host.dispose(); await runtime.dispose();',
    0,
  ],
])('%s gives everything back', async (_, open, close, processes) => {
  const { before, during, after, files, left } = await run(program(core, open, close));
  expect(during.children).toHaveLength(processes);
  expect(after).toEqual(before);
  expect([...files, ...left]).toEqual([]);
});

it('a host that watches its folders keeps no program alive, also when nobody disposes it', async () => {
  const looked = `const host = ${host()}; await host.models(); await new Promise((done) => setTimeout(done, 600));`;
  const { after } = await run(program(core, looked, ''));
  expect(after.children).toEqual([]);
});

it('so does a product', async () => {
  // Where the packages beside it are found.
  const out = join(root, `node_modules/.cache/gives-back-${process.pid}`);
  try {
    await buildProduct({
      folder: join(root, 'examples/composed-build'),
      target: 'module',
      out,
      cacheFolder: join(folder, 'cache'),
    });
    const imports = `import { createHost } from ${JSON.stringify(pathToFileURL(join(out, 'index.js')).href)};`;
    const { before, during, after, files, left } = await run(
      program(
        imports,
        'const host = await createHost({ data }); await host.txt2img({ ...request, sampler: "Ease" });',
        'await host.dispose();',
      ),
    );
    expect(during.children).toHaveLength(1);
    expect(after).toEqual(before);
    expect([...files, ...left]).toEqual([]);
  } finally {
    await rm(out, { recursive: true, force: true });
  }
});

it('leaves no process when the program is killed in the middle of a job', () => {
  const text = `${core}\nconst data = process.env.DATA;
const host = ${host()};
await host.txt2img({ prompt: 'x', steps: 1, width: 64, height: 64 });
const { execFileSync } = await import('node:child_process');
console.log(execFileSync('ps', ['-o', 'pid=', '--ppid', String(process.pid)], { encoding: 'utf8' }).trim().split('\\n')[0]);
void host.txt2img({ prompt: 'x', steps: 5000, width: 64, height: 64 });
setTimeout(() => process.kill(process.pid, 'SIGKILL'), 300);`;
  const { stdout, signal } = spawnSync(process.execPath, ['--input-type=module', '--eval', text], {
    cwd: root,
    env: { ...process.env, DATA: join(folder, 'data') },
    encoding: 'utf8',
    timeout: 50_000,
  });
  expect(signal).toBe('SIGKILL');
  const pid = Number(stdout.trim());
  const alive = (): boolean =>
    spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
      .stdout.trim()
      .replace(/^Z.*/, '') !== '';
  const end = Date.now() + 5000;
  while (alive() && Date.now() < end) execFileSync('sleep', ['0.1']);
  expect(pid).toBeGreaterThan(0);
  expect(alive()).toBe(false);
});
