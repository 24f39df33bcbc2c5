import type { Infotext } from '@armature/sdk';

/** A value as the webui writes it: quoted as JSON when it holds a comma, a line break or a colon (`infotext_utils.quote`). */
function quoteValue(value: string): string {
  return /[,\n:]/.test(value) ? JSON.stringify(value) : value;
}

/** `quoteValue` undone; a value that only looks quoted stays as it is. */
export function unquoteValue(value: string): string {
  if (!value.startsWith('"') || !value.endsWith('"')) return value;
  try {
    return JSON.parse(value) as string;
  } catch {
    return value;
  }
}

const textOf = (value: string | number | boolean): string => (typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value));

/**
 * The parameters text of a picture (`create_infotext`): prompt, `Negative prompt:` line unless empty, then the fields in
 * order. A field equal to its own name is written once. Numbers are written as JavaScript does; give a string for a
 * Python float such as `7.0`.
 */
export function formatInfotext({ prompt, negativePrompt, fields }: Infotext): string {
  const parts: string[] = [];
  for (const [key, value] of fields) {
    if (value === null) continue;
    parts.push(value === key ? key : `${key}: ${quoteValue(textOf(value))}`);
  }
  const negative = negativePrompt === '' ? '' : `\nNegative prompt: ${negativePrompt}`;
  return `${prompt}${negative}\n${parts.join(', ')}`.trim();
}
