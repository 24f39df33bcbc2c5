import { z } from 'zod';
import type { ExtensionDefinition, FieldShape } from '../define-extension.js';
import { HostError } from '../host-error.js';

export type ArgValues = Readonly<Record<string, unknown>>;

/** The arguments of a request with the synthesised `enabled` in front. */
export function argsShape(definition: ExtensionDefinition): FieldShape {
  const enabled = z
    .boolean()
    .default(definition.enabled ?? true)
    .describe('Whether the extension takes part in the job');
  return { enabled, ...definition.args };
}

/** Schema of the arguments of one extension in a request; unknown ones are refused. */
export const argsSchema = (definition: ExtensionDefinition): z.ZodType<ArgValues> => z.strictObject(argsShape(definition));

/** What a job has that does not name the extension. An extension whose arguments lack a default is then off. */
export function defaultArgs(definition: ExtensionDefinition): ArgValues {
  const parsed = argsSchema(definition).safeParse({});
  return Object.freeze(parsed.success ? parsed.data : { enabled: false });
}

/**
 * Parses what a request says for one extension. Naming an extension switches it on, unless it says `enabled: false`.
 * @throws HostError REQUEST_INVALID naming `extensions.<id>.<field>`.
 */
export function parseArgs(id: string, definition: ExtensionDefinition, given: ArgValues | undefined): ArgValues {
  if (given === undefined) return defaultArgs(definition);
  const parsed = argsSchema(definition).safeParse('enabled' in given ? given : { ...given, enabled: true });
  if (parsed.success) return Object.freeze(parsed.data);
  const issue = parsed.error.issues[0];
  const path = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : (issue?.path ?? []);
  const field = ['extensions', id, ...path.map(String)].join('.');
  const known = Object.keys(argsShape(definition)).join(', ');
  const problem = issue?.code === 'unrecognized_keys' ? `no such argument, known are ${known}` : (issue?.message ?? 'invalid');
  throw new HostError('REQUEST_INVALID', { field, problem, seen: seenAt(given, path) });
}

/** The value a problem is about, cut where it is long: it may hold pictures. */
function seenAt(given: ArgValues, path: readonly PropertyKey[]): string {
  let value: unknown = given;
  for (const name of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[name];
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
