import type { CatalogueEntry } from '@armature/sdk';

/** The file that a name means: of two the one whose path goes later, as in the reference. */
export function countingFile(entries: readonly CatalogueEntry[], name: string): CatalogueEntry | undefined {
  const path = (entry: CatalogueEntry): string => entry.path.toLowerCase();
  return entries.filter((entry) => entry.name === name).sort((a, b) => (path(a) < path(b) ? 1 : -1))[0];
}
