import { open } from 'node:fs/promises';
import { HostError } from '@armature/sdk/host';
import { parseCsv } from './parse-csv.js';
import type { PromptStyle } from './prompt-style.js';

const largestFile = 4 * 2 ** 20;

/**
 * Reads a webui styles file: columns `name`, `prompt` (or `text`) and `negative_prompt`. Rows without a name or with one
 * that begins with `#` are left out. @throws HostError STYLES_INVALID for a file that cannot be read or is over 4 MiB
 */
export async function readStyles(path: string): Promise<readonly PromptStyle[]> {
  const [header = [], ...rows] = parseCsv(await readText(path));
  const column = (name: string): number => header.indexOf(name);
  const name = column('name');
  const prompt = column('prompt') < 0 ? column('text') : column('prompt');
  if (name < 0 || prompt < 0)
    throw new HostError('STYLES_INVALID', { path, problem: 'its first line does not name the columns name and prompt' });
  const styles = rows.map((row) => ({
    name: row[name] ?? '',
    prompt: row[prompt] ?? '',
    negativePrompt: row[column('negative_prompt')] ?? '',
  }));
  return styles.filter((style) => style.name !== '' && !style.name.startsWith('#'));
}

async function readText(path: string): Promise<string> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size > largestFile) throw new RangeError(`it has ${size} bytes, at most ${largestFile} are read`);
      return (await file.readFile('utf8')).replace(/^\ufeff/, '');
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new HostError('STYLES_INVALID', { path, problem: error instanceof Error ? error.message : String(error) }, { cause: error });
  }
}
