import { resolve } from 'node:path';
import type { Bundler } from '@armature/core';
import { HostError } from '@armature/sdk/host';
import { BundleFailure } from './bundle-failure.js';
import { bundleFile } from './bundle-file.js';
import { extensionModules } from './host-modules.js';
import { ImportedModules } from './imported-modules.js';

/**
 * A bundler that keeps its output in `cacheFolder`. An unchanged extension gives the same file, a changed one a new name,
 * so that importing it never returns an older module.
 */
export function createBundler(options: { readonly cacheFolder: string }): Bundler {
  const modules = new ImportedModules();
  return {
    /** @throws HostError EXT_IMPORT with file:line:column and the compiler's words. */
    bundle: (entry) => told(entry, bundleFile({ entry: resolve(entry), cacheFolder: options.cacheFolder, hostModules: extensionModules })),
    imports: (entry) => told(entry, modules.of(resolve(entry))),
  };
}

async function told<T>(entry: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof BundleFailure) throw new HostError('EXT_IMPORT', { extension: entry, problem: error.message }, { cause: error });
    throw error;
  }
}
