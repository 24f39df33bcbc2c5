import type { ErrorCode, ErrorName } from './error-codes.js';

const known = new Map<string, ErrorCode>();

/** Gives codes their messages and statuses: the host's part of the SDK does it, so that an extension carries none of them. */
export function knowErrors(codes: Readonly<Record<string, ErrorCode>>): void {
  for (const [code, row] of Object.entries(codes)) known.set(code, row);
}

const fill = (template: string, data: Readonly<Record<string, unknown>>): string =>
  template.replace(/\{(\w+)\}/g, (whole, key: string) => (key in data ? String(data[key]) : whole));

/** The only error the host throws on purpose: a stable code, its data, a message made from the table. */
export class HostError extends Error {
  readonly code: ErrorName;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: ErrorName, data: Readonly<Record<string, unknown>> = {}, options?: { readonly cause?: unknown }) {
    super(fill(known.get(code)?.message ?? `${code} ${JSON.stringify(data)}`, data), options);
    this.name = 'HostError';
    this.code = code;
    this.data = Object.freeze({ ...data });
  }

  /** HTTP status a server answers with. */
  get status(): number {
    return known.get(this.code)?.status ?? 500;
  }

  /** Exit status of the command line. */
  get exit(): number {
    return known.get(this.code)?.exit ?? 1;
  }
}
