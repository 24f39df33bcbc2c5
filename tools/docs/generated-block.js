import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const BEGIN = '<!-- generated: do not edit below, run the script named here -->';
const END = '<!-- end of the generated part -->';

/** Path of a file of this repository, from its root. */
export const repositoryPath = (name) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

/**
 * Writes `content` between the markers of a page, or with `--check` compares it. Text around the markers is a person's.
 * @returns what is wrong, or undefined.
 */
export function generatedBlock(page, content, check = process.argv.includes('--check')) {
  const path = repositoryPath(page);
  if (!existsSync(path)) return `${page} does not exist: write it, with the lines "${BEGIN}" and "${END}" in it`;
  const text = readFileSync(path, 'utf8');
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) return `${page} lacks its markers "${BEGIN}" and "${END}"`;
  const wanted = `${text.slice(0, begin)}${BEGIN}\n${content.trim()}\n${text.slice(end)}`;
  if (wanted === text) return undefined;
  if (check) return `${page} is not what its script would write`;
  writeFileSync(path, wanted);
  return undefined;
}

/** Prints what is wrong and sets the exit status. */
export function report(problems) {
  for (const problem of problems.filter(Boolean)) {
    console.error(problem);
    process.exitCode = 1;
  }
}
