import type { ExtensionDefinition, FieldShape } from '@armature/sdk';
import { argsShape, HostError, isExtension, toJsonSchema } from '@armature/sdk/host';
import { z } from 'zod';
import { shortForm } from '../hooks/index.js';

export interface CheckedDefinition {
  readonly definition: ExtensionDefinition;
  readonly options: Readonly<Record<string, unknown>>;
  /** JSON Schema of the arguments, `enabled` among them. */
  readonly args: Readonly<Record<string, unknown>>;
}

/**
 * Checks what an entry file exports, before its setup runs.
 * @throws HostError EXT_IMPORT not an extension · EXT_SCHEMA a field without a JSON form · EXT_OPTIONS bad options
 */
export function checkDefinition(id: string, value: unknown, options: Readonly<Record<string, unknown>> = {}): CheckedDefinition {
  if (!isExtension(value) || typeof value.setup !== 'function') {
    const problem = `its default export is ${shortForm(value)}, not what defineExtension() returns`;
    throw new HostError('EXT_IMPORT', { extension: id, problem });
  }
  toJsonSchema(id, value.options ?? {});
  const args = toJsonSchema(id, argsShape(value));
  return { definition: value, options: parseOptions(id, value.options ?? {}, options), args };
}

function parseOptions(extension: string, shape: FieldShape, given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const parsed = z.strictObject(shape).safeParse(given);
  if (parsed.success) return Object.freeze(parsed.data);
  const issue = parsed.error.issues[0];
  if (issue?.code === 'unrecognized_keys') {
    const known = Object.keys(shape).join(', ') || 'none';
    throw new HostError('EXT_OPTIONS', { extension, field: issue.keys[0], problem: `there is no such option, known are ${known}` });
  }
  const field = issue?.path.map(String).join('.') ?? 'options';
  const seen = shortForm(given[String(issue?.path[0])]);
  throw new HostError('EXT_OPTIONS', { extension, field, problem: `${issue?.message ?? 'invalid'} (seen: ${seen})` });
}
