/** A list with commas → its parts without blanks at their ends; quotation marks keep commas (`csv.reader`). */
export function csvValues(text: string): readonly string[] {
  return text
    .split(/\r\n|\n|\r/)
    .filter((line) => line !== '')
    .flatMap(rowOf);
}

function rowOf(line: string): readonly string[] {
  const parts: string[] = [];
  let part = '';
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const char = line[at] as string;
    if (quoted) {
      if (char !== '"') part += char;
      else if (line[at + 1] === '"') part += line[at++];
      else quoted = false;
    } else if (char === '"' && part.trim() === '') {
      quoted = true;
      part = '';
    } else if (char === ',') {
      parts.push(part.trim());
      part = '';
    } else part += char;
  }
  return [...parts, part.trim()];
}

/** Parts → a list with commas, quoted where it must be (`csv.writer`). */
export const csvText = (parts: readonly string[]): string =>
  parts.map((part) => (/[",\r\n]/.test(part) ? `"${part.replaceAll('"', '""')}"` : part)).join(',');
