import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, resolve } from 'node:path';
import type { CodePlace } from './author-frame.js';

const comment = /^\/\/[#@] sourceMappingURL=(\S+)\s*$/gm;

/** The place in the author's source; the place itself when the file has no source map, or one that cannot be read. */
export function sourcePlace(place: CodePlace): CodePlace {
  try {
    const url = [...readFileSync(place.path, 'utf8').matchAll(comment)].at(-1)?.[1];
    if (url === undefined) return place;
    const found = new SourceMap(JSON.parse(mapText(url, place.path))).findEntry(place.line - 1, place.column - 1);
    if (!('originalSource' in found)) return place;
    return { path: resolve(dirname(place.path), found.originalSource), line: found.originalLine + 1, column: found.originalColumn + 1 };
  } catch {
    return place;
  }
}

function mapText(url: string, path: string): string {
  if (!url.startsWith('data:')) return readFileSync(resolve(dirname(path), decodeURI(url)), 'utf8');
  const data = url.slice(url.indexOf(',') + 1);
  return /;base64,/.test(url.slice(0, 200)) ? Buffer.from(data, 'base64').toString() : decodeURIComponent(data);
}
