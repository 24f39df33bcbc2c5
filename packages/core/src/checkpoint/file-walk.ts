import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { components } from './diffusers/component-files.js';
import { measureModel } from './measure-model.js';

export interface WalkedFile {
  readonly path: string;
  /** Path below the walked folder, with `/`. */
  readonly relative: string;
  readonly bytes: number;
  readonly modified: number;
  /** It is a diffusers folder, which counts as one file. */
  readonly folder: boolean;
}

/** "v9" before "v10", letter case ignored: the order of the webui (`natural_sort_key`). */
export function naturalOrder(a: string, b: string): number {
  const [left, right] = [a.toLowerCase().split(/(\d+)/), b.toLowerCase().split(/(\d+)/)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x, y] = [left[i] as string, right[i] as string];
    const order = i % 2 === 1 ? Number(x) - Number(y) : x < y ? -1 : x > y ? 1 : 0;
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/**
 * Files below a folder, each folder's files together, in natural order (`walk_files`), symlinks followed. A folder that is reached twice on one path is entered once;
 * what cannot be read is skipped. A missing folder has no files. `entered` gains every folder that was looked into.
 */
export async function walkFiles(
  folder: string,
  { recursive = true, entered, models = false }: WalkOptions = {},
): Promise<readonly WalkedFile[]> {
  const files: WalkedFile[] = [];
  await walk(folder, { prefix: '', above: new Set(), files, recursive, entered, models });
  return files.sort((a, b) => naturalOrder(dirname(a.relative), dirname(b.relative)) || naturalOrder(basename(a.path), basename(b.path)));
}

interface WalkOptions {
  readonly recursive?: boolean;
  readonly entered?: Set<string> | undefined;
  /** Diffusers folders are given as one file each, and not entered. */
  readonly models?: boolean;
}

interface Walk {
  readonly prefix: string;
  /** Real paths of the folders from the root down to this one. */
  readonly above: ReadonlySet<string>;
  readonly files: WalkedFile[];
  readonly recursive: boolean;
  readonly entered: Set<string> | undefined;
  readonly models: boolean;
}

async function walk(folder: string, walked: Walk): Promise<void> {
  const { prefix, above, files, recursive, entered, models } = walked;
  const real = await realpath(folder).catch(() => undefined);
  if (real === undefined || above.has(real)) return;
  entered?.add(folder);
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const path = join(folder, name);
    const stats = await stat(path).catch(() => undefined);
    if (stats?.isFile()) files.push({ path, relative: prefix + name, bytes: stats.size, modified: stats.mtimeMs, folder: false });
    if (!stats?.isDirectory()) continue;
    const model = models ? await measureModel(path) : undefined;
    if (model) {
      files.push({ path, relative: prefix + name, ...model });
      for (const part of ['', ...components]) entered?.add(join(path, part));
    } else if (recursive) await walk(path, { ...walked, prefix: `${prefix}${name}/`, above: new Set([...above, real]) });
  }
}
