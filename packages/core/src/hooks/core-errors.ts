import { isPromise } from './is-promise.js';

/** Errors of the engine's own innermost functions; whoever wraps them is not to blame. */
const coreErrors = new WeakSet<object>();

export const isCoreError = (error: unknown): boolean => typeof error === 'object' && error !== null && coreErrors.has(error);

function branded(error: unknown): object {
  const object = typeof error === 'object' && error !== null ? error : new Error(String(error), { cause: error });
  coreErrors.add(object);
  return object;
}

/** The same function, its errors branded as the engine's own. */
// biome-ignore lint/suspicious/noExplicitAny: a wrapped function may take anything
export function brandErrors<F extends (...args: any[]) => any>(fn: F): F {
  const call = (...args: Parameters<F>): unknown => {
    try {
      const result: unknown = fn(...args);
      if (!isPromise(result)) return result;
      return Promise.resolve(result).catch((error: unknown) => {
        throw branded(error);
      });
    } catch (error) {
      throw branded(error);
    }
  };
  return call as F;
}
