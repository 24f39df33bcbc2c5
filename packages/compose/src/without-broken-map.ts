import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

const comment = /\/[/*][#@]\s*sourceMappingURL=([^\s*'"]+)/g;

/**
 * The compiler turns a file down whose source map is not JSON. Such a map is only a loss for stack traces: its comment is
 * made one that nobody reads. @returns the same text when its maps can be read, or are not there.
 */
export async function withoutBrokenMap(text: string, path: string): Promise<string> {
  if (!text.includes('sourceMappingURL=')) return text;
  let mended = text;
  for (const [whole, url = ''] of text.matchAll(comment)) {
    if (await isBroken(url, path)) mended = mended.replace(whole, whole.replace('sourceMappingURL', 'brokenSourceMap'));
  }
  return mended;
}

async function isBroken(url: string, path: string): Promise<boolean> {
  try {
    const map = url.startsWith('data:') ? dataOf(url) : await readFile(resolve(dirname(path), decodeURI(url)), 'utf8');
    const { version } = JSON.parse(map) as { readonly version?: unknown };
    return version !== 3;
  } catch (error) {
    // A map that is not there is no hindrance.
    return !['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}

function dataOf(url: string): string {
  const comma = url.indexOf(',');
  const data = url.slice(comma + 1);
  return url.slice(0, comma).endsWith(';base64') ? Buffer.from(data, 'base64').toString() : decodeURIComponent(data);
}
