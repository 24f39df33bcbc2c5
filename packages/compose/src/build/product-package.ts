import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildTarget } from './build-request.js';
import { engineFolders } from './engine-folders.js';
import type { FilePackage } from './package-map.js';

/** Entry file by target. */
export const productEntry: Readonly<Record<Exclude<BuildTarget, 'server'>, string>> = { cli: 'armature.js', module: 'index.js' };

/** The least package.json that installs what the product needs beside it. `home`: the package that the configuration is part of. */
export function productPackage(target: keyof typeof productEntry, home: FilePackage, external: Readonly<Record<string, string>>): string {
  const { engines } = JSON.parse(readFileSync(join(engineFolders.core, 'package.json'), 'utf8')) as { readonly engines: unknown };
  const entry = `./${productEntry[target]}`;
  const value = {
    name: home.name,
    version: home.version,
    private: true,
    type: 'module',
    engines,
    ...(target === 'cli' ? { bin: { armature: entry } } : { exports: { '.': { types: './index.d.ts', default: entry } } }),
    dependencies: external,
    // Its script fetches CUDA; everything else works without.
    ...('onnxruntime-node' in external && { allowScripts: { 'onnxruntime-node': false } }),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}
