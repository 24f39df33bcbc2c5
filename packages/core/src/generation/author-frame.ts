import { fileURLToPath } from 'node:url';

/** A place in a loaded file; 1-based, both. */
export interface CodePlace {
  /** Absolute path, or what the loader calls the code. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

const hostFolder = fileURLToPath(new URL('..', import.meta.url));
const frame = /(?:\(|at (?:async )?)([^()]+):(\d+):(\d+)\)?$/;
const depth = 30;

/**
 * The innermost place of the running code that is neither Node's nor the host's: the line of an author who is calling right now.
 * Undefined when there is none, as in a product where both are one file.
 */
export function authorFrame(): CodePlace | undefined {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = depth;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  for (const line of stack.split('\n').slice(1)) {
    const [, file, row, column] = frame.exec(line) ?? [];
    if (file === undefined || file.startsWith('node:')) continue;
    const path = pathOf(file);
    if (path === undefined || path.startsWith(hostFolder)) continue;
    return { path, line: Number(row), column: Number(column) };
  }
  return undefined;
}

/** A bundle is imported with its digest behind a question mark. */
function pathOf(file: string): string | undefined {
  if (!file.startsWith('file:')) return file;
  try {
    return fileURLToPath(file);
  } catch {
    return undefined;
  }
}
