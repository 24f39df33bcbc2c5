import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { decodeImage } from '@armature/core';
import { afterEach, expect, it } from 'vitest';
import { ended, type OpenedServer, openServer, tiny } from './open-server.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(...given: Parameters<typeof openServer>): Promise<OpenedServer> {
  const opened = await openServer(...given);
  closing.push(() => opened.close());
  return opened;
}

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'armature-jobs-'));
  closing.push(() => rm(made, { recursive: true, force: true }));
  return made;
}

const url = '/armature/v1/jobs';

it('makes a job and serves its result from disk', async () => {
  const out = await folder();
  const opened = await open({ out });
  const { ask, host } = opened;
  const accepted = await ask('POST', url, { request: { ...tiny, iterations: 2 }, save: true });
  expect([accepted.status, accepted.headers.location]).toEqual([202, `${url}/${accepted.body.id}`]);
  expect(await ended(opened, accepted.body.id)).toMatchObject({ status: 'done', attempts: 1, images: 3, route: 'txt2img' });
  const { body } = await ask('GET', `${url}/${accepted.body.id}/result`);
  expect(body.images.map(({ kind, seed }: { kind: string; seed: number }) => [kind, seed])).toEqual([
    ['grid', 5],
    ['picture', 5],
    ['picture', 6],
  ]);
  expect(body.seconds.total).toBeGreaterThan(0);
  const picture = await ask('GET', body.images[1].url);
  expect(picture.headers['content-type']).toBe('image/png');
  const made = await host.txt2img(tiny);
  expect((await decodeImage(picture.body)).toBytes()).toEqual(made.images[0]?.image.toBytes());
  expect((await host.pictureInfo(picture.body)).parameters).toContain('a star');
  const saved = (await readdir(out, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  expect(saved.map(({ name }) => name).filter((name) => !name.endsWith('.png'))).toEqual([]);
  expect(saved).toHaveLength(3);
  expect((await ask('GET', `${url}/${accepted.body.id}/images/7`)).status).toBe(422);
});

it('draws the seed at acceptance', async () => {
  const opened = await open();
  const { body } = await opened.ask('POST', url, { request: { ...tiny, seed: -1 } });
  await ended(opened, body.id);
  const result = await opened.ask('GET', `${url}/${body.id}/result`);
  expect(result.body.images[0].seed).toBeGreaterThanOrEqual(0);
});

it('gives the same job for the same key and request, and refuses another request', async () => {
  const { ask } = await open();
  const send = (steps: number) => ask('POST', url, { request: { ...tiny, steps } }, { 'idempotency-key': 'k1' });
  const answers = await Promise.all([send(2), send(2), send(2)]);
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 202]);
  expect(await send(3)).toMatchObject({ status: 409, body: { code: 'JOB_KEY_TAKEN', type: 'urn:armature:error:JOB_KEY_TAKEN' } });
  expect((await ask('GET', url)).body.total).toBe(1);
});

it('turns jobs away when too many wait', async () => {
  const { ask } = await open({ waitingJobs: 3 });
  const answers = await Promise.all(Array.from({ length: 12 }, () => ask('POST', url, { request: { ...tiny, steps: 200 } })));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThanOrEqual(8);
  expect(refused[0]).toMatchObject({ body: { code: 'JOBS_FULL' } });
  expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThanOrEqual(1);
  const { body } = await ask('GET', `${url}?limit=100`);
  expect(body.total).toBe(12 - refused.length);
});

it('takes higher priorities first, and cancels what waits and what runs', async () => {
  const opened = await open();
  const { ask } = opened;
  const send = async (priority: number, steps = 2) => (await ask('POST', url, { request: { ...tiny, steps }, priority })).body.id as string;
  const long = await send(0, 5000);
  while ((await ask('GET', `${url}/${long}`)).body.status !== 'running') await new Promise((done) => setTimeout(done, 20));
  const low = await send(-1);
  const high = await send(5);
  const waiting = await send(0);
  expect((await ask('DELETE', `${url}/${waiting}`)).body.status).toBe('cancelled');
  await ask('DELETE', `${url}/${long}`);
  expect(await ended(opened, long)).toMatchObject({ status: 'cancelled' });
  const [first, second] = [await ended(opened, high), await ended(opened, low)];
  expect(Date.parse(first.startedAt)).toBeLessThanOrEqual(Date.parse(second.startedAt));
  expect(await ask('GET', `${url}/${long}/result`)).toMatchObject({ status: 409, body: { code: 'JOB_UNFINISHED' } });
  expect((await ask('DELETE', `${url}/${low}`)).body.status).toBe('done');
});

it('names what is wrong with a request at once', async () => {
  const { ask } = await open();
  const problem = async (body: object) => {
    const answer = await ask('POST', url, body);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    return [answer.status, answer.body.code, answer.body.detail];
  };
  expect(await problem({ request: { ...tiny, width: 3 } })).toEqual([422, 'SIZE_INVALID', expect.stringContaining('width 3')]);
  expect(await problem({ request: { ...tiny, prompt: 'x'.repeat(100_001) } })).toEqual([
    422,
    'REQUEST_INVALID',
    expect.stringContaining('body.request.prompt'),
  ]);
  expect(await problem({ request: { ...tiny, stepz: 3 } })).toEqual([422, 'REQUEST_INVALID', expect.stringContaining('stepz')]);
  expect(await problem({ request: { ...tiny, init: { images: ['%%'] } } })).toEqual([422, 'REQUEST_INVALID', expect.anything()]);
  expect(await problem({ request: tiny, save: true })).toEqual([422, 'REQUEST_INVALID', expect.stringContaining('output folder')]);
  for (const id of ['nothing', '..%2f..%2fetc%2fpasswd', '%00', 'x'.repeat(90)]) {
    for (const rest of ['', '/result', '/images/0', '/events']) expect((await ask('GET', `${url}/${id}${rest}`)).status).toBe(404);
  }
});

it('ends a job that cannot be made with its code, and goes on', async () => {
  const opened = await open();
  const bad = await opened.ask('POST', url, { request: { ...tiny, sampler: 'Nobody' } });
  const good = await opened.ask('POST', url, { request: tiny });
  expect(await ended(opened, bad.body.id)).toMatchObject({ status: 'failed', error: { code: 'SAMPLER_UNKNOWN' } });
  expect(await ended(opened, good.body.id)).toMatchObject({ status: 'done' });
});

it('writes a line for each job that ends, with its id, client, route, seconds and status', async () => {
  const log = new PassThrough();
  const opened = await open({}, {}, log);
  const { id } = (await opened.ask('POST', url, { request: tiny })).body;
  await ended(opened, id);
  let text = '';
  while (!text.includes('job ended')) {
    text += String(log.read() ?? '');
    await new Promise((done) => setTimeout(done, 10));
  }
  const lines = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  expect(lines.find(({ msg }) => msg === 'job ended')).toMatchObject({
    job: id,
    client: '127.0.0.1',
    route: 'txt2img',
    seconds: expect.any(Number),
    status: 'done',
  });
  expect(lines.find(({ msg }) => msg === 'job accepted')).toMatchObject({ job: id, reqId: expect.any(String) });
});

it('keeps a thousand waiting jobs, and forgets ended ones beyond its limit', async () => {
  const opened = await open({ keepCount: 2 });
  const { ask } = opened;
  const long = (await ask('POST', url, { request: { ...tiny, steps: 5000 }, priority: 9 })).body.id;
  const answers = [];
  for (let i = 0; i < 20; i++) answers.push(...(await Promise.all(Array.from({ length: 50 }, () => ask('POST', url, { request: tiny })))));
  expect(answers.filter(({ status }) => status === 202).length).toBeGreaterThanOrEqual(999);
  const ids = answers.filter(({ status }) => status === 202).map(({ body }) => body.id as string);
  await Promise.all(ids.map((id) => ask('DELETE', `${url}/${id}`)));
  await ask('DELETE', `${url}/${long}`);
  while ((await ask('GET', `${url}?status=queued`)).body.total > 0) await new Promise((done) => setTimeout(done, 50));
  const { body } = await ask('GET', url);
  expect(body.total).toBeLessThanOrEqual(3);
});
