import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ApiApp } from './api-app.js';
import type { ServerParts } from './server-parts.js';

/** What no route of the server's own answers is put to the extensions' routes, as they are now: a reload changes them. */
export function answerExtensions(app: ApiApp, { host }: ServerParts): void {
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  // Bytes have no fields, so every field would take its default.
  app.addHook('preValidation', async (request, reply) => {
    if (request.is404 || !Buffer.isBuffer(request.body)) return;
    return reply.code(422).send({ detail: [{ loc: ['body'], msg: 'value is not a valid dict', type: 'type_error.dict' }] });
  });
  app.setNotFoundHandler(async (request, reply) => {
    const answer = await host.answer(webRequest(request, untilLeft(reply)));
    if (!answer) return reply.code(404).send({ detail: 'Not Found' });
    return send(reply, answer);
  });
}

/** Fires when the client is gone. */
function untilLeft({ raw }: FastifyReply): AbortSignal {
  const left = new AbortController();
  raw.once('close', () => left.abort());
  return left.signal;
}

/** The request as extensions see it. */
function webRequest({ method, protocol, host, url, headers, body }: FastifyRequest, signal: AbortSignal): Request {
  const sent = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as [string, string]]));
  const content = body === undefined || body === null ? undefined : Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body);
  const bodiless = method === 'GET' || method === 'HEAD';
  return new Request(`${protocol}://${host}${url}`, {
    method,
    headers: sent,
    signal,
    ...(!bodiless && content !== undefined && { body: content }),
  });
}

async function send(reply: FastifyReply, answer: Response): Promise<FastifyReply> {
  for (const [name, value] of answer.headers) reply.header(name, value);
  return reply.code(answer.status).send(Buffer.from(await answer.arrayBuffer()));
}
