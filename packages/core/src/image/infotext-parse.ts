import type { Infotext } from '@armature/sdk';
import { unquoteValue } from './infotext-format.js';

const NEGATIVE = 'Negative prompt:';
/** The last line holds parameters when it has at least this many. */
const MIN_FIELDS = 3;

/**
 * `key: value` pairs of a parameters line, values still quoted. Reads what the reference's `re_param` matches, but in
 * linear time: keys are runs of word characters, blanks, hyphens and slashes before a colon; a quoted value counts only
 * when a comma or the end follows it.
 */
function parseFields(line: string): readonly (readonly [string, string])[] {
  const fields: (readonly [string, string])[] = [];
  const key = /[\p{L}\p{N}_][\p{L}\p{N}_ \-/]*/gu;
  const blank = /\s*/y;
  for (let run = key.exec(line); run; run = key.exec(line)) {
    if (line[key.lastIndex] !== ':' || run[0].length < 2) continue;
    blank.lastIndex = key.lastIndex + 1;
    blank.exec(line);
    const start = blank.lastIndex;
    const comma = line.indexOf(',', start);
    const end = quotedEnd(line, start) ?? (comma < 0 ? line.length : comma);
    fields.push([run[0], line.slice(start, end)]);
    key.lastIndex = end + 1;
  }
  return fields;
}

/** Where a quoted value ends, behind its closing quote; undefined when there is none or other text follows. */
function quotedEnd(line: string, start: number): number | undefined {
  if (line[start] !== '"') return undefined;
  let end = start + 1;
  while (end < line.length && line[end] !== '"') end += line[end] === '\\' ? 2 : 1;
  const ends = line[end] === '"' && (end + 1 === line.length || line[end + 1] === ',');
  return ends && end > start + 1 ? end + 1 : undefined;
}

/**
 * Reads a parameters text back (the first steps of `parse_generation_parameters`): prompt, negative prompt, and the
 * fields of the last line as written, unquoted. Text without such a line is all prompt.
 */
export function parseInfotext(text: string): Infotext {
  const lines = text.trim().split('\n');
  const fields = parseFields(lines.at(-1) ?? '');
  const hasFields = fields.length >= MIN_FIELDS;
  const prompt: string[] = [];
  const negative: string[] = [];
  let inNegative = false;
  for (const line of (hasFields ? lines.slice(0, -1) : lines).map((raw) => raw.trim())) {
    const opens = line.startsWith(NEGATIVE);
    inNegative ||= opens;
    const part = inNegative ? negative : prompt;
    const content = opens ? line.slice(NEGATIVE.length).trim() : line;
    // The reference joins by "\n" only once there is text before it.
    if (part.length > 0 || content !== '') part.push(content);
  }
  return {
    prompt: prompt.join('\n'),
    negativePrompt: negative.join('\n'),
    fields: new Map(hasFields ? fields.map(([key, value]) => [key, unquoteValue(value)]) : []),
  };
}
