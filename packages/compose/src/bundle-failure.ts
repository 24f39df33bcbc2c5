import { relative, resolve } from 'node:path';
import type { BuildFailure, Message } from 'esbuild';

/** The compiler turned the sources down; the message says where and why. */
export class BundleFailure extends Error {}

/** What a build in `folder` has thrown: the compiler's words as a BundleFailure, with files as seen from `base`; anything else as it is. */
export const bundleFailure = (error: unknown, folder: string, base = folder): unknown =>
  isBuildFailure(error) ? new BundleFailure(describe(error.errors, folder, base), { cause: error }) : error;

const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && Array.isArray((error as Partial<BuildFailure>).errors);

/** `file:line:column: text`, the first three. */
function describe(errors: readonly Message[], folder: string, base: string): string {
  const lines = errors.slice(0, 3).map(({ location, text }) => {
    if (location === null) return text;
    return `${relative(base, resolve(folder, location.file))}:${location.line}:${location.column + 1}: ${text}${hint(text, base)}`;
  });
  const more = errors.length > 3 ? ` (and ${errors.length - 3} more)` : '';
  return lines.join('; ') + more;
}

const hint = (text: string, folder: string): string =>
  /^Could not resolve "[^./]/.test(text) ? ` (is it installed? run npm install in ${folder})` : '';
