import { defineExtension, type ExtensionDefinition } from '@armature/sdk';
import { createServer, type Server, type ServerOptionsInput } from '@armature/server';
import { createTestHost, inlineExtension } from '@armature/testing';
import { afterEach } from 'vitest';

type Host = Awaited<ReturnType<typeof createTestHost>>;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Something to do when the test has ended, the latest first. */
export function afterwards(close: () => Promise<unknown>): void {
  closing.push(close);
}

/** A server over a host with these extensions; both close with the test. */
export async function open(
  extensions: readonly ExtensionDefinition[] = [],
  options: ServerOptionsInput = {},
): Promise<{ host: Host; server: Server }> {
  const host = await createTestHost({ extensions: extensions.map((definition, at) => inlineExtension(`test.part${at}`, definition)) });
  closing.push(() => host.dispose());
  const server = await createServer({ host, options: { port: 0, ...options } });
  closing.push(() => server.close());
  return { host, server };
}

export const small = { prompt: 'cat', steps: 2, width: 64, height: 64, seed: 1 };

export async function post(server: Server, url: string, payload: object = {}) {
  const answer = await server.inject({ method: 'POST', url, payload });
  return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
}
/** A small picture of seed 1, with these fields. */
export const txt2img = (server: Server, payload: object) => post(server, '/sdapi/v1/txt2img', { ...small, ...payload });
export const get = async (server: Server, url: string) => (await server.inject({ url })).json();

/** Holds a job at its first step until it is let go, or cancelled. */
export function gate(): { readonly definition: ExtensionDefinition; readonly reached: Promise<void>; open(): void } {
  let open = (): void => {};
  let reach = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const definition = defineExtension({
    setup({ hooks }) {
      hooks.sampling.step.tap(async (_report, { job }) => {
        reach();
        await Promise.race([opened, new Promise((resolve) => job.signal.addEventListener('abort', resolve))]);
      });
    },
  });
  return { definition, reached, open: () => open() };
}

/** Width of a PNG in base64. */
export const sizeOf = (image: string): number => Buffer.from(image, 'base64').readUInt32BE(16);
