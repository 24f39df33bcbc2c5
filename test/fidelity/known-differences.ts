import { readFileSync } from 'node:fs';

/** Cases that known-differences.md explains: rows that begin with `group/name`. */
export const knownDifferences: ReadonlySet<string> = new Set(
  [...readFileSync(new URL('known-differences.md', import.meta.url), 'utf8').matchAll(/^\| (`[^|]*) \|/gm)].flatMap((row) =>
    [...(row[1] as string).matchAll(/`((?:http:)?\w+\/[\w.-]+)`/g)].map((name) => name[1] as string),
  ),
);
