import { readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** The npm package a file belongs to. */
export interface FilePackage {
  /** Real path. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
}

/** Which package a file belongs to: an extension, called by its id, that of the nearest package.json above it with a name, or the project. */
export class PackageMap {
  readonly #known = new Map<string, FilePackage>();

  readonly #project: FilePackage;

  /** `extensions`: id as `name`, real folders. `folder`: that of the configuration. */
  constructor(extensions: readonly FilePackage[], folder: string) {
    this.#project = { folder, name: 'project', version: '0.0.0' };
    for (const extension of extensions) this.#known.set(extension.folder, extension);
  }

  of(path: string): FilePackage {
    const folder = dirname(path);
    const known = this.#known.get(folder);
    if (known) return known;
    const found = named(folder) ?? (dirname(folder) === folder ? this.#project : this.of(folder));
    this.#known.set(folder, found);
    return found;
  }

  /** A name for the file that is the same on every machine: its package's, and its place in there. */
  nameOf(path: string): string {
    const { folder, name } = this.of(path);
    return `${name}/${slashed(relative(folder, path))}`;
  }

  /** Whether the whole project belongs to this package. */
  isAround({ folder }: FilePackage): boolean {
    return folder === this.#project.folder || this.#project.folder.startsWith(folder + sep);
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
