import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProductFile } from './product-file.js';

/** What is in the bundle already, or helps only while writing it. */
const code = /(?:\.[cm]?[jt]sx?|\.map|\.tsbuildinfo|^tsconfig.*\.json|^package-lock\.json)$/;
const skipped: ReadonlySet<string> = new Set(['node_modules', 'test', 'tests', '__tests__', 'coverage']);

/**
 * Files of a package that its code may read at run time: all that npm would pack, but for code. `to`: place in the product.
 * The package.json goes along, since code asks it for its version.
 */
export async function dataFiles(folder: string, to: string): Promise<readonly (readonly [string, ProductFile])[]> {
  const { files = ['.'] } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { readonly files?: readonly string[] };
  const packed = files.filter((pattern) => !pattern.startsWith('!')).map(literalPart);
  const wanted = (path: string): boolean => packed.some((name) => name === '' || path === name || path.startsWith(`${name}/`));
  const found = await allFiles(folder, (name) => !name.startsWith('.') && !skipped.has(name));
  const chosen = found.filter((path) => path === 'package.json' || (wanted(path) && !code.test(path.slice(path.lastIndexOf('/') + 1))));
  return chosen.map((path) => [`${to}/${path}`, { from: join(folder, path) }] as const);
}

/** `./lists/*.txt` → `lists`: what a pattern names before it leaves something open. */
function literalPart(pattern: string): string {
  const parts = pattern.split('/').filter((part) => part !== '.' && part !== '');
  const open = parts.findIndex((part) => /[*?[{]/.test(part));
  return (open < 0 ? parts : parts.slice(0, open)).join('/');
}

/** Every file below `folder`, sorted, with slashes. Links are not followed: they may lead anywhere. */
export async function allFiles(folder: string, enter: (name: string) => boolean = () => true, below = ''): Promise<readonly string[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!enter(entry.name)) continue;
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) found.push(...(await allFiles(folder, enter, path)));
    else if (entry.isFile()) found.push(path);
  }
  return found;
}
