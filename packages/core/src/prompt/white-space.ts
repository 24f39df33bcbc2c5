/** What `\s` means in the reference (Python's `str.isspace`), for a character class. JavaScript's own `\s` differs. */
export const whiteSpace = '\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const leading = new RegExp(`^[${whiteSpace}]+`);
const isSpace = new RegExp(`[${whiteSpace}]`);

export const trimStart = (text: string): string => text.replace(leading, '');

/** By hand: a regular expression that ends with `+$` takes quadratic time on long runs of spaces. */
export function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace.test(text[end - 1] as string)) end--;
  return text.slice(0, end);
}
