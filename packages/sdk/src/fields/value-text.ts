import type { z } from 'zod';
import { fieldJsonSchema } from './json-schema.js';

/** A value as the webui writes one in an infotext: `True`, `0.7`, `plain text`, JSON for anything deeper. */
export function valueToText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Reads text from an infotext or a command line as the field's type. What does not fit stays text, for the schema to refuse by name. */
export function textToValue(schema: z.ZodType, text: string): unknown {
  const { type } = fieldJsonSchema(schema);
  if (type === 'string') return text;
  if (type === 'boolean') return { true: true, false: false, '1': true, '0': false, on: true, off: false }[text.toLowerCase()] ?? text;
  if (type === 'number' || type === 'integer') return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
