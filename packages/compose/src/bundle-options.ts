import { dirname } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { fileScopeNames, fileScopePlugin } from './file-scope.js';
import { type HostModules, hostModulesPlugin } from './host-modules.js';

/** What every bundle of an extension or a configuration has in common, whatever format it is written in. `entry`: absolute path. */
export function bundleOptions({ entry, hostModules }: { readonly entry: string; readonly hostModules: HostModules }) {
  return {
    entryPoints: [entry],
    absWorkingDir: dirname(entry),
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node20',
    keepNames: true,
    logLevel: 'silent',
    define: { ...fileScopeNames },
    plugins: [hostModulesPlugin(hostModules), fileScopePlugin()],
  } as const satisfies BuildOptions;
}
