import { afterEach, expect, it } from 'vitest';
import { ended, type OpenedServer, openServer, tiny } from './open-server.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(options: Parameters<typeof openServer>[0] = {}): Promise<OpenedServer & { address: string }> {
  const opened = await openServer(options);
  closing.push(() => opened.close());
  return { ...opened, address: await opened.server.listen() };
}

interface Heard {
  readonly id: string | undefined;
  readonly event: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: what a server has said
  readonly data: any;
  readonly comment: string | undefined;
}

/** Events of a stream until it ends or `enough` says so. */
async function hear(
  address: string,
  path: string,
  { after, enough }: { after?: string; enough?: (heard: Heard) => boolean } = {},
): Promise<Heard[]> {
  const leave = new AbortController();
  const answer = await fetch(`${address}/armature/v1${path}`, { signal: leave.signal, headers: after ? { 'last-event-id': after } : {} });
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  const all: Heard[] = [];
  let text = '';
  for await (const piece of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string) =>
        block
          .split('\n')
          .find((row) => row.startsWith(`${name}: `))
          ?.slice(name.length + 2);
      const heard = { id: field('id'), event: field('event'), data: JSON.parse(field('data') ?? 'null'), comment: field('') };
      all.push(heard);
      if (!enough?.(heard)) continue;
      leave.abort();
      return all;
    }
  }
  return all;
}

it('tells a job from acceptance to its end, with previews for those that ask', async () => {
  const { ask, address } = await open();
  const before = (await ask('POST', '/armature/v1/jobs', { request: { ...tiny, steps: 60 } })).body.id;
  const { id } = (await ask('POST', '/armature/v1/jobs', { request: { ...tiny, steps: 6 } })).body;
  const heard = await hear(address, `/jobs/${id}/events?previews=true`);
  const kinds = heard.map(({ event }) => event);
  expect(kinds[1]).toBe('state');
  expect(heard[1]?.data).toMatchObject({ id, status: 'queued' });
  expect(kinds).toContain('started');
  expect(kinds.at(-1)).toBe('end');
  expect(heard.at(-1)?.data).toEqual({ job: id, status: 'done', images: 1 });
  const steps = heard.filter(({ event, data }) => event === 'progress' && data.stage === 'sampling').map(({ data }) => data.step);
  expect(steps).toEqual([...steps].sort((a, b) => a - b));
  expect(steps.at(-1)).toBe(6);
  const preview = heard.find(({ event }) => event === 'preview')?.data;
  expect(Buffer.from(preview.image, 'base64').subarray(1, 4).toString()).toBe('PNG');
  // Whoever lost the connection in the middle hears the rest.
  const middle = heard.findIndex(({ event }) => event === 'started');
  const rest = await hear(address, `/jobs/${id}/events`, { after: heard[middle]?.id ?? '' });
  const later = heard.slice(middle + 1).filter(({ event }) => event !== 'preview');
  expect(rest.slice(1).map((each) => each.id)).toEqual(later.map((each) => each.id));
  const forgotten = await hear(address, `/jobs/${id}/events`, { after: 'another-7' });
  expect(forgotten[1]).toMatchObject({ event: 'state', data: { status: 'done' } });
  expect(before).not.toBe(id);
});

it('tells of all jobs, gives signs of life, and ends with the server', async () => {
  const opened = await open({ heartbeat: 1 });
  const first = hear(opened.address, '/events', { enough: ({ event }) => event === 'end' });
  await new Promise((done) => setTimeout(done, 200));
  const { id } = (await opened.ask('POST', '/armature/v1/jobs', { request: tiny })).body;
  const kinds = (await first).map(({ event }) => event);
  expect(kinds).toEqual(expect.arrayContaining(['state', 'queued', 'started', 'progress', 'end']));
  await ended(opened, id);
  const alive = await hear(opened.address, '/events', { enough: ({ comment }) => comment !== undefined });
  expect(alive.at(-1)?.comment).toBe('alive');
  const until = hear(opened.address, '/events');
  await new Promise((done) => setTimeout(done, 200));
  await opened.server.close();
  expect((await until)[1]).toMatchObject({ event: 'state', data: { jobs: [] } });
});
