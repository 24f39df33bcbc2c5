import { z } from 'zod';
import type { FieldShape } from '../define-extension.js';
import { HostError } from '../host-error.js';
import { localise, type Text } from '../text.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** One field as JSON Schema (draft 2020-12), as a client may send it. @throws Error when it has no JSON form. */
export function fieldJsonSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, { io: 'input' }) as Record<string, unknown>;
  return json;
}

/** A JSON Schema of fields with its labels and descriptions in one language, where the author has given them; else in English. */
export function localiseSchema(schema: JsonSchema, locale: string): JsonSchema {
  const { texts, properties, ...rest } = schema as JsonSchema & LocalParts;
  const words = Object.entries(texts ?? {}).map(([key, text]) => [key, localise(text, locale)]);
  const inner = properties && Object.entries(properties).map(([key, field]) => [key, localiseSchema(field, locale)]);
  return { ...rest, ...Object.fromEntries(words), ...(inner && { properties: Object.fromEntries(inner) }) };
}

interface LocalParts {
  readonly texts?: Readonly<Record<string, Text>>;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

/**
 * The fields of an extension as one JSON Schema object.
 * @throws HostError EXT_SCHEMA naming the extension and the field that has no JSON form.
 */
export function toJsonSchema(extension: string, shape: FieldShape): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  for (const [name, schema] of Object.entries(shape)) {
    try {
      properties[name] = fieldJsonSchema(schema);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      throw new HostError('EXT_SCHEMA', { extension, field: name, problem }, { cause: error });
    }
  }
  const required = Object.entries(shape).filter(([, schema]) => !schema.safeParse(undefined).success);
  return {
    type: 'object',
    properties,
    additionalProperties: false,
    ...(required.length > 0 ? { required: required.map(([name]) => name) } : {}),
  };
}
