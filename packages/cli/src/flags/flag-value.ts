import { HostError } from '@armature/sdk/host';
import type { JsonField } from './json-field.js';

const yes = new Set(['true', 'yes', 'on', '1']);
const no = new Set(['false', 'no', 'off', '0']);

export const isSwitchWord = (text: string): boolean => yes.has(text.toLowerCase()) || no.has(text.toLowerCase());

/**
 * Reads what stands after a flag as the schema of its field says.
 * @throws HostError REQUEST_INVALID naming the flag and the value.
 */
export function flagValue(flag: string, text: string, field: JsonField): unknown {
  const invalid = (problem: string): HostError => new HostError('REQUEST_INVALID', { field: flag, problem, seen: text });
  if (field.enum && !field.enum.map(String).includes(text)) throw invalid(`expected one of ${field.enum.join(', ')}`);
  switch (field.type) {
    case 'integer':
    case 'number':
      return inBounds(readNumber(text, field, invalid), field, invalid);
    case 'boolean':
      if (!isSwitchWord(text)) throw invalid('expected true or false');
      return yes.has(text.toLowerCase());
    case 'array':
      if (field.items?.type === 'string' && !text.trim().startsWith('[')) return text.split(',').map((item) => item.trim());
      return readJson(text, field, invalid);
    case 'object':
      return readJson(text, field, invalid);
    default:
      return text;
  }
}

type Invalid = (problem: string) => HostError;

function readNumber(text: string, field: JsonField, invalid: Invalid): number {
  const value = Number(text);
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) || !Number.isFinite(value)) throw invalid('expected a number');
  if (field.type === 'integer' && !Number.isSafeInteger(value)) throw invalid('expected a whole number');
  return value;
}

function inBounds(value: number, { minimum = -Infinity, maximum = Infinity }: JsonField, invalid: Invalid): number {
  if (value < minimum || value > maximum)
    throw invalid(maximum < Number.MAX_SAFE_INTEGER ? `expected ${minimum} to ${maximum}` : `expected at least ${minimum}`);
  return value;
}

function readJson(text: string, field: JsonField, invalid: Invalid): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(`expected JSON (${field.type === 'array' ? '["a", "b"]' : '{"key": "value"}'})`);
  }
}
