/** A line → its words, as a POSIX shell reads them (`shlex.split`). @throws Error for a quotation without an end */
export function shellWords(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const char = line[at] as string;
    const next = line[at + 1];
    if (char === '\\' && quote !== "'") {
      if (next === undefined) throw new Error('nothing stands behind the last backslash');
      // Between double quotes it protects only these.
      word = `${word ?? ''}${quote === '"' && next !== '"' && next !== '\\' ? char : ''}${next}`;
      at++;
    } else if (quote !== undefined) {
      if (char === quote) quote = undefined;
      else word = `${word ?? ''}${char}`;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = `${word ?? ''}${char}`;
  }
  if (quote !== undefined) throw new Error(`a quotation with ${quote} has no end`);
  return word === undefined ? words : [...words, word];
}
