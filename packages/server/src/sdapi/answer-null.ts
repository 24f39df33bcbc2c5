import type { FastifyReply } from 'fastify';

/** The JSON text `null`, which the webui answers where there is nothing to say; Fastify would send no text at all. */
export const answerNull = (reply: FastifyReply): FastifyReply => reply.type('application/json').send('null');
