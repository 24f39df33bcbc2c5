import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One recorded request to the original with the names of the pictures it answered. */
export interface ApiCase {
  readonly name: string;
  readonly group: string;
  readonly endpoint: string;
  readonly request: Readonly<Record<string, unknown>>;
  /** HTTP status of the answer. */
  readonly status: number;
  /** Files beside the case, in the order of the answer. */
  readonly images: readonly string[];
  readonly response: { readonly info: { readonly infotexts: readonly string[] } };
  readonly folder: string;
}

export function readCases(folder: string): readonly ApiCase[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({ ...(JSON.parse(readFileSync(join(folder, file), 'utf8')) as ApiCase), folder }));
}
