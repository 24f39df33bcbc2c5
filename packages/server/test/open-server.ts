import type { Host } from '@armature/core';
import { createServer, type Server, type ServerOptionsInput } from '@armature/server';
import { createTestHost, type TestHostConfig } from '@armature/testing';

export interface OpenedServer {
  readonly host: Host;
  readonly server: Server;
  /** JSON of an answer, with its status. */
  ask(method: 'GET' | 'POST' | 'DELETE' | 'PATCH', url: string, payload?: object, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // biome-ignore lint/suspicious/noExplicitAny: what a server has said
  readonly body: any;
}

export const tiny = { prompt: 'a star', seed: 5, steps: 2, width: 64, height: 64 };

/** A server in front of a test host. */
export async function openServer(
  options: ServerOptionsInput = {},
  config: TestHostConfig = {},
  requests?: NodeJS.WritableStream,
): Promise<OpenedServer> {
  const host = await createTestHost(config);
  const server = await createServer({ host, options: { port: 0, grace: 0, ...options }, ...(requests && { requests }) }).catch(
    async (error) => {
      await host.dispose();
      throw error;
    },
  );
  return {
    host,
    server,
    async ask(method, url, payload, headers = {}) {
      const answer = await server.inject({ method, url, headers, ...(payload && { payload }) });
      const isJson = String(answer.headers['content-type']).includes('json');
      return { status: answer.statusCode, headers: answer.headers, body: isJson ? answer.json() : answer.rawPayload };
    },
    async close() {
      await server.close();
      await host.dispose();
    },
  };
}

/** Asks until a job has ended. */
export async function ended({ ask }: Pick<OpenedServer, 'ask'>, id: string): Promise<Answer['body']> {
  for (;;) {
    const { body } = await ask('GET', `/armature/v1/jobs/${id}`);
    if (['done', 'failed', 'cancelled'].includes(body.status)) return body;
    await new Promise((done) => setTimeout(done, 20));
  }
}
