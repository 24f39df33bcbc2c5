import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildTarget } from './build-request.js';
import { engineFolders } from './engine-folders.js';
import type { FilePackage } from './package-map.js';

/** Entry file by target. */
export const productEntry: Readonly<Record<BuildTarget, string>> = { cli: 'armature.js', module: 'index.js', server: 'server.js' };

/** The least package.json that installs what the product needs beside it. `home`: the package that the configuration is part of. */
export function productPackage(target: BuildTarget, home: FilePackage, external: Readonly<Record<string, string>>): string {
  const { engines } = JSON.parse(readFileSync(join(engineFolders.core, 'package.json'), 'utf8')) as { readonly engines: unknown };
  const entry = `./${productEntry[target]}`;
  const value = {
    name: home.name,
    version: home.version,
    private: true,
    type: 'module',
    engines,
    ...start(target, entry),
    dependencies: external,
    // Its script fetches CUDA; everything else works without.
    ...('onnxruntime-node' in external && { allowScripts: { 'onnxruntime-node': false } }),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** How the product is begun: by a name on the command line, by `npm start`, or by an import. */
function start(target: BuildTarget, entry: string): object {
  if (target === 'cli') return { bin: { armature: entry } };
  if (target === 'server') return { scripts: { start: `node ${entry}` } };
  return { exports: { '.': { types: './index.d.ts', default: entry } } };
}
