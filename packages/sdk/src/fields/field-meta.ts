import type { z } from 'zod';
import type { FieldMeta } from './field.js';

type Wrapper = z.ZodType & { readonly def: { readonly innerType?: z.ZodType } };

/** The metadata of a schema, found also below `.optional()`, `.default()` and the like. */
export function fieldMeta(schema: z.ZodType): FieldMeta {
  const inner = (schema as Wrapper).def.innerType;
  return { ...(inner ? fieldMeta(inner) : {}), ...(schema.meta?.() ?? {}) };
}
