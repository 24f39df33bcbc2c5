import { once } from 'node:events';
import { connect } from 'node:net';
import { createServer, type Server, type ServerOptionsInput } from '@armature/server';
import { createTestHost } from '@armature/testing';
import { afterEach, expect, it } from 'vitest';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(options: ServerOptionsInput = {}): Promise<{ readonly server: Server; readonly address: string }> {
  const host = await createTestHost();
  closing.push(() => host.dispose());
  const server = await createServer({ host, options: { port: 0, ...options } });
  closing.push(() => server.close());
  return { server, address: await server.listen() };
}

const post = (address: string, body: string, type = 'application/json'): Promise<Response> =>
  fetch(`${address}/sdapi/v1/txt2img`, { method: 'POST', headers: { 'content-type': type }, body });
const small = { prompt: 'a tree', seed: 1, steps: 2, width: 64, height: 64 };

it('turns a body away that is larger than the limit, and goes on', async () => {
  const { address } = await open({ bodyLimit: 1 });
  const answer = await post(address, JSON.stringify({ ...small, infotext: 'x'.repeat(2 ** 21) })).catch((error: Error) => error);
  // The server may hang up while the body is still being sent.
  if (answer instanceof Response) expect(answer.status).toBe(413);
  expect((await post(address, JSON.stringify(small))).status).toBe(200);
});

it('answers broken JSON and other content types with a client error', async () => {
  const { address } = await open();
  expect((await post(address, '{"prompt": ')).status).toBe(422);
  expect((await post(address, '<x/>', 'application/xml')).status).toBe(422);
  expect((await post(address, '', 'application/json')).status).toBe(422);
});

it('hangs up on a client that sends its request too slowly', async () => {
  const { address } = await open({ receiveTimeout: 1 });
  const socket = connect(Number(new URL(address).port), '127.0.0.1');
  socket.write('POST /sdapi/v1/txt2img HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{');
  let said = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await once(socket, 'close');
  expect(said).toContain('408');
});

it('ends the job of a client that has gone', async () => {
  const { address } = await open();
  const leaving = new AbortController();
  const gone = fetch(`${address}/sdapi/v1/txt2img`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...small, steps: 5000 }),
    signal: leaving.signal,
  });
  const state = async () =>
    ((await (await fetch(`${address}/sdapi/v1/progress`)).json()) as { state: { sampling_step: number; job_count: number } }).state;
  while ((await state()).sampling_step < 3) await new Promise((done) => setTimeout(done, 10));
  leaving.abort();
  await expect(gone).rejects.toThrow();
  while ((await state()).job_count !== 0) await new Promise((done) => setTimeout(done, 10));
  expect((await post(address, JSON.stringify(small))).status).toBe(200);
});
