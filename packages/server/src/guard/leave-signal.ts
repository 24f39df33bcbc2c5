import type { FastifyReply } from 'fastify';

/** Fires when the client leaves before it was answered. */
export function leaveSignal({ raw }: FastifyReply): AbortSignal {
  const leaving = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) leaving.abort();
  });
  return leaving.signal;
}
