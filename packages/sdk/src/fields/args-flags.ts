import type { z } from 'zod';
import type { ExtensionDefinition } from '../define-extension.js';
import { argsShape } from './args-schema.js';
import { fieldMeta } from './field-meta.js';
import { fieldJsonSchema } from './json-schema.js';
import { textToValue } from './value-text.js';

/** A command-line flag of an extension's argument. */
export interface ArgFlag {
  /** `late-sharpen.from`, without dashes. */
  readonly flag: string;
  readonly extension: string;
  readonly argument: string;
  /** JSON type: `number`, `integer`, `boolean`, `string`, `array`. */
  readonly type: string;
  readonly description: string;
  readonly defaultValue: unknown;
  readonly choices: readonly string[] | undefined;
  /** Text of the command line as the argument's type. */
  parse(text: string): unknown;
}

interface FlagExtension {
  readonly id: string;
  readonly definition: ExtensionDefinition;
}

/** The flags of all extensions. The owner is left out of a flag, unless two extensions share the rest of their names. */
export function argFlags(extensions: readonly FlagExtension[]): readonly ArgFlag[] {
  const nameOf = (id: string): string => id.slice(id.indexOf('.') + 1);
  const isShared = (id: string): boolean => extensions.some((other) => other.id !== id && nameOf(other.id) === nameOf(id));
  return extensions.flatMap(({ id, definition }) =>
    Object.entries(argsShape(definition)).map(([argument, schema]) => argFlag(id, isShared(id) ? id : nameOf(id), argument, schema)),
  );
}

function argFlag(extension: string, prefix: string, argument: string, schema: z.ZodType): ArgFlag {
  const json = fieldJsonSchema(schema);
  const { title, description } = fieldMeta(schema);
  return {
    flag: `${prefix}.${argument}`,
    extension,
    argument,
    type: typeof json.type === 'string' ? json.type : 'string',
    description: description ?? title ?? argument,
    defaultValue: json.default,
    choices: Array.isArray(json.enum) ? json.enum.map(String) : undefined,
    parse: (text) => textToValue(schema, text),
  };
}
