import { HostError } from '@armature/sdk/host';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { WebuiError } from './webui-error.js';
import { withoutFolders } from './without-folders.js';

/** An answer to a request that went wrong. */
export interface ErrorReply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * What clients of the webui expect of an error: `detail` is a list for a request of the wrong shape (FastAPI's), else the
 * reason in words beside `error`, `body` and `errors`. No stack and no folder ever leaves. Where the webui has words of its own for a mistake,
 * its routes (`/sdapi/…`) answer those, and the host's code and message beside them.
 */
export function errorReply(error: unknown, path = ''): ErrorReply {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const detail = error.validation.map(({ instancePath, message, keyword, params }) => ({
      loc: [error.validationContext === 'querystring' ? 'query' : (error.validationContext ?? 'body'), ...pathOf(instancePath)],
      msg: message ?? 'invalid',
      type: (params as { params?: { type?: string } }).params?.type ?? `value_error.${keyword}`,
    }));
    return { status: 422, body: { detail } };
  }
  const known = error instanceof HostError && path.startsWith('/sdapi/') ? WebuiError.of(error) : error;
  if (known instanceof WebuiError) return webuiReply(known);
  if (error instanceof HostError) return reply(error.status, error.code, withoutFolders(error.message));
  const { statusCode, code, message } = error as { statusCode?: number; code?: string; message?: string };
  const unread = unreadBodies[code ?? ''];
  if (unread && !path.startsWith('/armature/')) return { status: 422, body: { detail: [unread] } };
  if (statusCode !== undefined && statusCode < 500) return reply(statusCode, code ?? 'HTTP_ERROR', message ?? '');
  return reply(500, 'INTERNAL', 'The server failed. Its log tells more.');
}

/** What FastAPI says of a body that is no JSON. */
const unreadBodies: Readonly<Record<string, { readonly loc: readonly string[]; readonly msg: string; readonly type: string }>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: { loc: ['body'], msg: 'it is not JSON', type: 'value_error.jsondecode' },
  FST_ERR_CTP_EMPTY_JSON_BODY: { loc: ['body'], msg: 'field required', type: 'value_error.missing' },
};

const reply = (status: number, error: string, detail: string): ErrorReply => ({
  status,
  body: { error, detail, body: '', errors: detail },
});

function webuiReply({ status, body, cause }: WebuiError): ErrorReply {
  return { status, body: cause instanceof HostError ? { ...body, code: cause.code, message: withoutFolders(cause.message) } : body };
}

const pathOf = (pointer: string): readonly (string | number)[] =>
  pointer
    .split('/')
    .slice(1)
    .filter((part) => part !== '')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~')));
