import { z } from 'zod';
import type { FieldShape } from '../define-extension.js';
import { HostError } from '../errors.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** One field as JSON Schema (draft 2020-12), as a client may send it. @throws Error when it has no JSON form. */
export function fieldJsonSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, { io: 'input' }) as Record<string, unknown>;
  return json;
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
