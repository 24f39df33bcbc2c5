import { z } from 'zod';

/** The parts of a field's JSON Schema that a flag is made from. */
export interface JsonField {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly unknown[];
  readonly items?: JsonField;
}

/** The fields of a zod object by name. */
export function jsonFields(schema: z.ZodType): Readonly<Record<string, JsonField>> {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return (json.properties ?? {}) as Readonly<Record<string, JsonField>>;
}

/** `What it is (1 to 1000, default 20)`. */
export function fieldHelp(field: JsonField): string {
  const notes: string[] = [];
  const { minimum = -Infinity, maximum = Infinity } = field;
  const bounded = maximum < Number.MAX_SAFE_INTEGER && minimum > Number.MIN_SAFE_INTEGER;
  if (bounded && field.type !== 'string') notes.push(`${minimum} to ${maximum}`);
  if (field.enum) notes.push(field.enum.join(', '));
  if (field.default !== undefined && String(field.default) !== '' && field.default !== false)
    notes.push(`default ${String(field.default)}`);
  return `${field.description ?? ''}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`.trim();
}

/** `<n>`, `<text>`…; nothing for a switch. */
export function fieldPlaceholder(field: JsonField): string {
  if (field.type === 'boolean') return '';
  return { integer: ' <n>', number: ' <x>' }[field.type ?? ''] ?? ' <text>';
}
