import { HostError } from '@armature/sdk/host';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';

/** An answer to a request that went wrong. */
export interface ErrorReply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * What clients of the webui expect of an error: `detail` is a list for a request of the wrong shape (FastAPI's), else the
 * reason in words beside `error`, `body` and `errors`. No stack ever leaves.
 */
export function errorReply(error: unknown): ErrorReply {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const detail = error.validation.map(({ instancePath, message, keyword }) => ({
      loc: [error.validationContext ?? 'body', ...pathOf(instancePath)],
      msg: message ?? 'invalid',
      type: `value_error.${keyword}`,
    }));
    return { status: 422, body: { detail } };
  }
  if (error instanceof HostError) return reply(error.status, error.code, error.message);
  const { statusCode, code, message } = error as { statusCode?: number; code?: string; message?: string };
  if (statusCode !== undefined && statusCode < 500) return reply(statusCode, code ?? 'HTTP_ERROR', message ?? '');
  return reply(500, 'INTERNAL', 'The server failed. Its log tells more.');
}

const reply = (status: number, error: string, detail: string): ErrorReply => ({
  status,
  body: { error, detail, body: '', errors: detail },
});

const pathOf = (pointer: string): readonly (string | number)[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~')));
