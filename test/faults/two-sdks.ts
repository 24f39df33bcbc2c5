import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../source-file.js';

/**
 * Lays out a package with a copy of the SDK in its own tree, as a package manager does that finds no version for both.
 * @returns its folder.
 */
export function packageWithOwnSdk(folder: string, id: string, code: string): string {
  const sdk = join(folder, 'node_modules/@armature/sdk');
  mkdirSync(sdk, { recursive: true });
  cpSync(join(root, 'packages/sdk/dist'), join(sdk, 'dist'), { recursive: true });
  cpSync(join(root, 'packages/sdk/package.json'), join(sdk, 'package.json'));
  symlinkSync(join(root, 'node_modules/zod'), join(folder, 'node_modules/zod'), 'dir');
  const armature = { api: 1, id, engines: { armature: '^0.1' } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ version: '1.0.0', type: 'module', exports: './index.js', armature }));
  writeFileSync(join(folder, 'index.js'), code);
  return folder;
}
