import { HostError } from '../host-error.js';
import type { ArgValues } from './args-schema.js';

/** How webui clients address an extension: all that is read of its definition here. */
interface Addressed {
  readonly a1111?: { readonly title: string; readonly positional?: readonly string[]; readonly rest?: string } | undefined;
}

/**
 * What a webui client says under `alwayson_scripts.<title>.args`: a list in the order of `a1111.positional`, or an object
 * with our own names. Null in a list leaves the default.
 * @throws HostError REQUEST_INVALID when the list is longer than the extension's, or is neither.
 */
export function alwaysonArgs(id: string, definition: Addressed, args: unknown): ArgValues {
  const field = `alwayson_scripts.${definition.a1111?.title ?? id}.args`;
  if (Array.isArray(args)) {
    const names: readonly string[] = definition.a1111?.positional ?? [];
    const rest = definition.a1111?.rest;
    if (rest !== undefined) {
      const named = args.slice(0, names.length).map((value, index) => [names[index], value] as const);
      return Object.fromEntries([...named.filter(([, value]) => value !== null), [rest, args.slice(names.length)]]);
    }
    if (args.length > names.length) {
      const problem = `at most ${names.length} values are known here: ${names.join(', ')}`;
      throw new HostError('REQUEST_INVALID', { field, problem, seen: `${args.length} values` });
    }
    return Object.fromEntries(args.map((value, index) => [names[index], value] as const).filter(([, value]) => value !== null));
  }
  if (typeof args === 'object' && args !== null) return { ...args };
  throw new HostError('REQUEST_INVALID', { field, problem: 'give a list or an object', seen: JSON.stringify(args) ?? 'nothing' });
}

/** Does a webui client mean this extension? Titles are compared without case, as the webui does. */
export const hasScriptTitle = (definition: Addressed, title: string): boolean =>
  definition.a1111?.title.toLowerCase() === title.toLowerCase();
