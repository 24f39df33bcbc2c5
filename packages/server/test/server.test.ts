import { defineExtension } from '@armature/sdk';
import { createServer, type Server, type ServerOptionsInput } from '@armature/server';
import { createTestHost, inlineExtension } from '@armature/testing';
import { afterEach, expect, it } from 'vitest';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(options: ServerOptionsInput = {}, extensions: Parameters<typeof inlineExtension>[1][] = []): Promise<Server> {
  const host = await createTestHost({ extensions: extensions.map((definition, at) => inlineExtension(`test.route${at}`, definition)) });
  closing.push(() => host.dispose());
  const server = await createServer({ host, options: { port: 0, ...options } });
  closing.push(() => server.close());
  return server;
}

it('says that it lives, and does not know what it does not know', async () => {
  const server = await open();
  expect((await server.inject({ url: '/internal/ping' })).json()).toEqual({});
  const unknown = await server.inject({ url: '/sdapi/v9/nothing' });
  expect(unknown.statusCode).toBe(404);
  expect(unknown.json()).toEqual({ detail: 'Not Found' });
});

it('lets extensions answer routes of their own, and names them when they fail', async () => {
  const server = await open({}, [
    defineExtension({
      setup({ contribute }) {
        contribute.route({
          name: 'POST /tacapi/v1/echo/:word',
          handle: async (request, { word }) => Response.json({ word, body: await request.json() }, { status: 201 }),
        });
        contribute.route({
          name: 'GET /broken',
          handle: () => {
            throw new Error('no');
          },
        });
      },
    }),
  ]);
  const echoed = await server.inject({ method: 'POST', url: '/tacapi/v1/echo/a%20b', payload: { x: 1 } });
  expect([echoed.statusCode, echoed.json()]).toEqual([201, { word: 'a b', body: { x: 1 } }]);
  const broken = await server.inject({ url: '/broken' });
  expect(broken.statusCode).toBe(500);
  expect(broken.json()).toMatchObject({ error: 'EXT_CONTRIBUTION_THREW', detail: expect.stringContaining('test.route0') });
});

it('asks for a login everywhere but where it is asked whether it lives', async () => {
  const server = await open({ users: ['me:secret'], apiKeys: ['0123456789abcdef'] });
  const as = (authorization?: string) => server.inject({ url: '/health2', headers: authorization ? { authorization } : {} });
  expect((await as()).statusCode).toBe(401);
  expect((await as(`Basic ${btoa('me:wrong')}`)).json()).toMatchObject({ detail: 'Incorrect username or password' });
  expect((await as(`Basic ${btoa('me:secret')}`)).statusCode).toBe(404);
  expect((await as('Bearer 0123456789abcdef')).statusCode).toBe(404);
  expect((await server.inject({ url: '/internal/ping' })).statusCode).toBe(200);
});

it('listens, and names the address where it cannot', async () => {
  const server = await open();
  const address = await server.listen();
  expect(await (await fetch(`${address}/health`)).json()).toMatchObject({ status: 'ok' });
  const second = await open({ port: Number(new URL(address).port) });
  await expect(second.listen()).rejects.toMatchObject({ code: 'SERVER_ADDRESS' });
});

it('refuses options that cannot be', async () => {
  await expect(open({ users: ['nobody'] })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});
