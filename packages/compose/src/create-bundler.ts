import { resolve } from 'node:path';
import type { Bundler } from '@armature/core';
import { HostError } from '@armature/sdk';
import { BundleFailure } from './bundle-failure.js';
import { bundleFile } from './bundle-file.js';
import { extensionModules } from './host-modules.js';

/**
 * A bundler that keeps its output in `cacheFolder`. An unchanged extension gives the same file, a changed one a new name,
 * so that importing it never returns an older module.
 */
export function createBundler(options: { readonly cacheFolder: string }): Bundler {
  return {
    /** @throws HostError EXT_IMPORT with file:line:column and the compiler's words. */
    async bundle(entry) {
      try {
        return await bundleFile({ entry: resolve(entry), cacheFolder: options.cacheFolder, hostModules: extensionModules });
      } catch (error) {
        if (error instanceof BundleFailure)
          throw new HostError('EXT_IMPORT', { extension: entry, problem: error.message }, { cause: error });
        throw error;
      }
    },
  };
}
