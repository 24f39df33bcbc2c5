import { appendFile, readFile } from 'node:fs/promises';
import type { Logger } from '@armature/sdk';
import { JobBook } from './job-book.js';
import { jobLine } from './job-line.js';

export interface ReadJournal {
  readonly book: JobBook;
  /** Lines that were not understood and stand in `journal.aside.jsonl` now. */
  readonly aside: number;
}

/**
 * The journal as its lines left it. The last line may be torn: the process died while it was written, and nobody was told of it.
 * Any other that cannot be read is kept aside and named, and those after it still count.
 */
export async function readJournal(path: string, asidePath: string, log: Logger): Promise<ReadJournal> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const book = new JobBook();
  const lines = text.split('\n');
  const torn = lines.pop() ?? '';
  if (torn !== '' && !applied(book, torn)) log.info(`the last line of ${path} was torn and is left out`);
  const strange = lines.flatMap((line, index) => (line === '' || applied(book, line) ? [] : [{ line, number: index + 1 }]));
  if (strange.length > 0) {
    await appendFile(asidePath, strange.map(({ line }) => `${line}\n`).join(''));
    const numbers = strange.slice(0, 10).map(({ number }) => number);
    log.warn(`${strange.length} line(s) of ${path} cannot be read (${numbers.join(', ')}): they were moved to ${asidePath}`);
  }
  return { book, aside: strange.length };
}

function applied(book: JobBook, text: string): boolean {
  try {
    const read = jobLine.safeParse(JSON.parse(text));
    if (read.success) book.apply(read.data);
    return read.success;
  } catch {
    return false;
  }
}
