import type { HostError } from '@armature/sdk/host';

/** An error as the webui words it: `detail` of an `HTTPException`, else `errors` beside the name of the exception. */
export class WebuiError extends Error {
  readonly status: number;
  readonly body: Readonly<Record<'error' | 'detail' | 'body' | 'errors', string>>;

  constructor(
    status: number,
    { error = 'HTTPException', detail = '', errors = '' }: WebuiErrorText,
    options?: { readonly cause?: unknown },
  ) {
    super(detail || errors, options);
    this.status = status;
    this.body = { error, detail, body: '', errors };
  }

  /** What the webui says where this host says more; the code and its message are added to it. */
  static of(error: HostError): WebuiError | undefined {
    const detail = details.get(error.code);
    return detail === undefined ? undefined : new WebuiError(500, { detail }, { cause: error });
  }
}

interface WebuiErrorText {
  readonly error?: string;
  readonly detail?: string;
  readonly errors?: string;
}

const details: ReadonlyMap<string, string> = new Map([
  ['IMAGE_INVALID', 'Invalid encoded image'],
  ['IMAGE_URL_OFF', 'Requests not allowed'],
  ['IMAGE_URL_REFUSED', 'Request to local resource not allowed'],
  ['IMAGE_URL_FAILED', 'Invalid image url'],
]);
