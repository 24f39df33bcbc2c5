import type { FieldShape } from '../define-extension.js';
import { fieldMeta } from './field-meta.js';
import { fieldJsonSchema, type JsonSchema } from './json-schema.js';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function typeText(json: JsonSchema): string {
  if (Array.isArray(json.enum)) return json.enum.map((value) => `\`${value}\``).join(', ');
  const type = String(json.widget ?? json.type ?? 'any');
  const { minimum, maximum } = json as { minimum?: number; maximum?: number };
  const bounded = maximum !== undefined && Math.abs(maximum) < Number.MAX_SAFE_INTEGER;
  const floored = minimum !== undefined && Math.abs(minimum) < Number.MAX_SAFE_INTEGER;
  if (floored && bounded) return `${type}, ${minimum} to ${maximum}`;
  if (floored) return `${type}, from ${minimum}`;
  return bounded ? `${type}, up to ${maximum}` : type;
}

/** A Markdown table of fields: name, type, default, infotext key, description. */
export function fieldTable(shape: FieldShape): string {
  const rows = Object.entries(shape).map(([name, schema]) => {
    const json = fieldJsonSchema(schema);
    const { infotext = '', title, description } = fieldMeta(schema);
    const standard = json.default === undefined ? '' : `\`${JSON.stringify(json.default)}\``;
    return `| \`${name}\` | ${cell(typeText(json))} | ${cell(standard)} | ${cell(infotext)} | ${cell(description ?? title ?? '')} |`;
  });
  return ['| Name | Type | Default | Infotext | Meaning |', '|---|---|---|---|---|', ...rows].join('\n');
}
