import { realpath } from 'node:fs/promises';
import { dirname, relative, sep } from 'node:path';

/** The one folder a session reads external data below, and how each file is called from there. */
export interface ExternalFolder {
  /** Absolute. */
  readonly folder: string;
  /** Relative to the folder, with forward slashes. */
  locate(path: string): string;
}

const parts = (path: string): readonly string[] => path.split(sep);

function commonFolder(folders: readonly string[]): string {
  const [first = '', ...rest] = folders;
  const shared = parts(first).findIndex((part, at) => rest.some((folder) => parts(folder)[at] !== part));
  return shared < 0 ? first : parts(first).slice(0, shared).join(sep) || sep;
}

/** ONNX Runtime refuses symlinks that leave the folder, so files count by their real paths. */
export async function findExternalFolder(paths: Iterable<string>): Promise<ExternalFolder> {
  const real = new Map<string, string>();
  for (const path of paths) real.set(path, await realpath(path));
  const folder = commonFolder([...real.values()].map((path) => dirname(path)));
  return {
    folder,
    locate: (path) =>
      relative(folder, real.get(path) ?? path)
        .split(sep)
        .join('/'),
  };
}
