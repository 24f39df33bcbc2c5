import { HostError } from '@armature/sdk/host';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { z } from 'zod';

/** An error as `/armature/v1` tells it: RFC 9457, with the code of docs/errors.md. */
export const problemSchema = z
  .object({
    type: z.string().describe('urn:armature:error: and the code'),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('See docs/errors.md'),
    detail: z.string().describe('What was wrong, the value seen, and what to do'),
  })
  .meta({ id: 'Problem' });
export type Problem = z.output<typeof problemSchema>;

/** What went wrong, without a stack or a path of the machine that the error itself does not name. */
export function problemReply(error: unknown): Problem {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const [issue] = error.validation;
    const field = `${error.validationContext ?? 'body'}${(issue?.instancePath ?? '').replaceAll('/', '.')}`;
    return problemReply(new HostError('REQUEST_INVALID', { field, problem: issue?.message ?? 'invalid', seen: 'the request' }));
  }
  if (error instanceof HostError) return problem(error.status, error.code, error.message);
  const { statusCode, code, message } = error as { statusCode?: number; code?: string; message?: string };
  if (statusCode !== undefined && statusCode < 500) return problem(statusCode, code ?? 'HTTP_ERROR', message ?? '');
  return problem(500, 'INTERNAL', 'The server failed. Its log tells more.');
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not logged in',
  404: 'Not found',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Invalid request',
  429: 'Too many requests',
  503: 'Not ready',
  507: 'Out of room',
};

const problem = (status: number, code: string, detail: string): Problem => ({
  type: `urn:armature:error:${code}`,
  title: titles[status] ?? (status < 500 ? 'Request refused' : 'Server error'),
  status,
  code,
  detail,
});
