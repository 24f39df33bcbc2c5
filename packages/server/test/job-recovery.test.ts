import { createHash } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ended, type OpenedServer, openServer, tiny } from './open-server.js';

const url = '/armature/v1/jobs';
let data: string;
const closing: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'armature-recovery-'));
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await rm(data, { recursive: true, force: true });
});

async function open(options: Parameters<typeof openServer>[0] = {}): Promise<OpenedServer> {
  const opened = await openServer(options, { data });
  closing.push(() => opened.close());
  return opened;
}
const closeAll = async (): Promise<void> => {
  for (const close of closing.splice(0).reverse()) await close();
};
const jobsFolder = (...parts: string[]): string => join(data, 'jobs', ...parts);
const journal = (): string => jobsFolder('journal.jsonl');

const id = '11111111-2222-4333-8444-555555555555';
const job = { id, number: 1, status: 'queued', priority: 0, attempts: 0, route: 'txt2img', prompt: 'a star', client: '::1' };
const line = { ...job, digest: 'd', save: false, cancelling: false, acceptedAt: Date.now(), files: [] };

/** What a server that was killed has left. */
async function left(lines: readonly object[], end = ''): Promise<void> {
  await mkdir(jobsFolder('requests'), { recursive: true });
  await writeFile(jobsFolder('requests', `${id}.json`), JSON.stringify({ request: tiny, settings: {} }));
  await writeFile(journal(), lines.map((each) => `${JSON.stringify(each)}\n`).join('') + end);
}

it('goes on with what waits when a server stops and starts again', async () => {
  const first = await open();
  const long = (await first.ask('POST', url, { request: { ...tiny, steps: 400 } })).body.id;
  const next = (await first.ask('POST', url, { request: { ...tiny, seed: -1 } })).body.id;
  while ((await first.ask('GET', `${url}/${long}`)).body.status !== 'running') await new Promise((done) => setTimeout(done, 20));
  await closeAll();
  const second = await open();
  // The interrupted attempt was given back in order: it does not count.
  expect(await ended(second, long)).toMatchObject({ status: 'done', attempts: 1 });
  expect(await ended(second, next)).toMatchObject({ status: 'done', attempts: 1 });
  await closeAll();
  const third = await open();
  expect((await third.ask('GET', `${url}/${next}/images/0`)).headers['content-type']).toBe('image/png');
  expect((await readdir(jobsFolder('requests'))).length).toBe(0);
});

it('undoes an interrupted attempt: its own files go, others stay, and the job runs again', async () => {
  const bytes = 'a picture';
  const digest = createHash('sha256').update(bytes).digest('hex');
  const [ours, theirs, changed, draft] = ['ours', 'theirs', 'changed', '.armature-1-aaaaaaaaaaaa.tmp'].map((name) => join(data, name));
  for (const path of [ours, theirs, changed, draft] as string[]) await writeFile(path, bytes);
  const inode = async (path: string | undefined) => String((await stat(path ?? '', { bigint: true })).ino);
  const saving = { line: 'saving', id, digest };
  await left([
    { line: 'job', job: line },
    { line: 'started', id, at: 1 },
    { ...saving, path: draft },
    { ...saving, path: ours, inode: await inode(ours) },
    { ...saving, path: theirs, inode: '1' },
    { ...saving, path: changed, inode: await inode(changed) },
  ]);
  await writeFile(changed ?? '', 'something else');
  await mkdir(jobsFolder('results', id), { recursive: true });
  const opened = await open();
  expect((await readdir(data)).filter((name) => !['jobs', 'hashes.json'].includes(name)).sort()).toEqual(['changed', 'theirs']);
  expect(await ended(opened, id)).toMatchObject({ status: 'done', attempts: 2 });
});

it('does not try a job again that has ended the server three times', async () => {
  await left([
    { line: 'job', job: { ...line, status: 'running', attempts: 2 } },
    { line: 'started', id, at: 1 },
  ]);
  const { ask } = await open();
  const { body } = await ask('GET', `${url}/${id}`);
  expect(body).toMatchObject({ status: 'failed', attempts: 3, error: { code: 'JOB_ATTEMPTS' } });
  expect((await ask('GET', `${url}/${id}/result`)).body.detail).toContain('3 times');
});

it('leaves a torn last line out, and keeps other broken lines aside', async () => {
  await left([{ line: 'job', job: line }], '{"line":"started","id":"1111');
  const first = await open();
  expect(await ended(first, id)).toMatchObject({ status: 'done', attempts: 1 });
  await closeAll();
  expect(await readdir(jobsFolder())).not.toContain('journal.aside.jsonl');
  await appendFile(journal(), '\u0000\u0000rubbish\n{"line":"never heard of"}\n');
  await writeFile(jobsFolder('requests', '99999999-2222-4333-8444-555555555555.json'), '{}');
  const second = await open();
  expect((await second.ask('GET', `${url}/${id}`)).body.status).toBe('done');
  expect((await readFile(jobsFolder('journal.aside.jsonl'), 'utf8')).split('\n')).toHaveLength(3);
  expect(await readdir(jobsFolder('requests'))).toEqual(['99999999-2222-4333-8444-555555555555.json.aside']);
});

it('ends a job that was being cancelled as cancelled', async () => {
  await left([
    { line: 'job', job: line },
    { line: 'started', id, at: 1 },
    { line: 'cancelling', id },
  ]);
  const { ask } = await open();
  expect((await ask('GET', `${url}/${id}`)).body.status).toBe('cancelled');
});

it('lets one server at a time work on a data folder, and takes over the lock of a dead one', async () => {
  const first = await open();
  await expect(open()).rejects.toMatchObject({ code: 'JOBS_LOCKED', message: expect.stringContaining(String(process.pid)) });
  expect((await first.ask('GET', url)).status).toBe(200);
  await closeAll();
  for (const holder of [
    { pid: 2 ** 22 + 5, started: '1', machine: hostname() },
    { pid: process.pid, started: 'long ago', machine: hostname() },
  ]) {
    await writeFile(jobsFolder('lock'), JSON.stringify(holder));
    await open();
    await closeAll();
  }
  await writeFile(jobsFolder('lock'), JSON.stringify({ pid: 1, started: '1', machine: 'another' }));
  await expect(open()).rejects.toMatchObject({ code: 'JOBS_LOCKED' });
});

it('says so when the disk takes no job, and works again once it does', async () => {
  const { ask } = await open();
  await rm(jobsFolder('requests'), { recursive: true });
  await writeFile(jobsFolder('requests'), 'a file');
  const long = { ...tiny, prompt: 'a star '.repeat(6000) };
  expect(await ask('POST', url, { request: long })).toMatchObject({ status: 507, body: { code: 'JOBS_UNWRITABLE' } });
  expect((await ask('GET', url)).body.total).toBe(0);
  await rm(jobsFolder('requests'));
  await mkdir(jobsFolder('requests'));
  expect((await ask('POST', url, { request: long })).status).toBe(202);
});
