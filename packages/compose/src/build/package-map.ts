import { readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** The npm package a file belongs to. */
export interface FilePackage {
  /** Real path. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
}

/** Which package a file belongs to: an extension, called by its id, or that of the nearest package.json above it with a name. */
export class PackageMap {
  readonly #known = new Map<string, FilePackage | undefined>();

  /** `extensions`: id as `name`, real folders. */
  constructor(extensions: readonly FilePackage[]) {
    for (const extension of extensions) this.#known.set(extension.folder, extension);
  }

  of(path: string): FilePackage | undefined {
    const folder = dirname(path);
    if (!this.#known.has(folder)) this.#known.set(folder, named(folder) ?? (dirname(folder) === folder ? undefined : this.of(folder)));
    return this.#known.get(folder);
  }

  /** A name for the file that is the same on every machine: its package's, and its place in there. */
  nameOf(path: string): string {
    const found = this.of(path);
    return found === undefined ? path : `${found.name}/${slashed(relative(found.folder, path))}`;
  }
}

/** Paths in products have slashes on every system. */
export const slashed = (path: string): string => path.split(sep).join('/');

function named(folder: string): FilePackage | undefined {
  const path = join(folder, 'package.json');
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return undefined;
  try {
    const { name, version = '0.0.0' } = JSON.parse(readFileSync(path, 'utf8')) as { readonly name?: string; readonly version?: string };
    return name === undefined ? undefined : { folder, name, version };
  } catch {
    // Whoever needs this package.json says what is wrong with it.
    return undefined;
  }
}
