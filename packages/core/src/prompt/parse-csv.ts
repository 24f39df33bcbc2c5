/** One field and what ends it: quoted (a quote inside is doubled, line breaks are text) or plain. */
const field = /(?:"((?:[^"]+|"")*)(?:"|$)([^,\r\n]*)|([^,\r\n]*))(,|\r\n|\r|\n|$)/y;

/** Comma-separated values as Python's `csv` reads them; empty lines are left out. */
export function parseCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  field.lastIndex = 0;
  while (field.lastIndex < text.length || row.length > 0) {
    const [, quoted, rest = '', plain = '', end] = field.exec(text) as RegExpExecArray;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"') + rest);
    if (end === ',') continue;
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }
  return rows;
}
