import { mkdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createBundler } from '@armature/compose';
import type { ExtensionDefinition } from '@armature/sdk';
import { root } from './source-file.js';

/** The extension that a block of a page is, as the host's bundler makes it of a script. */
export async function loadExample(code: string): Promise<ExtensionDefinition> {
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'docs-example-'));
  try {
    await writeFile(join(folder, 'example.ts'), code);
    const file = await createBundler({ cacheFolder: folder }).bundle(join(folder, 'example.ts'));
    const module = (await import(pathToFileURL(file).href)) as { readonly default: ExtensionDefinition };
    return module.default;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
