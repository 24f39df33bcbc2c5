import { readFileSync } from 'node:fs';

/** A JSON table of the reference, from the copies in the repository. */
export const readTable = <T>(name: string): readonly T[] =>
  JSON.parse(readFileSync(new URL(`../../../../test/fidelity/tables/${name}`, import.meta.url), 'utf8'));
