import { fileURLToPath } from 'node:url';
import type { OnResolveArgs, OnResolveResult, Plugin } from 'esbuild';

/** Packages a bundle takes from the host instead of carrying a copy. */
export interface HostModules {
  readonly names: readonly string[];
  /** What to say to an import of another `@armature/…` package; absent: it is bundled like any other. */
  readonly refusal?: (specifier: string) => string;
}

export const extensionModules: HostModules = {
  names: ['@armature/sdk', '@armature/nn', 'zod'],
  refusal: (specifier) => `an extension may import @armature/sdk and @armature/nn, not ${specifier}`,
};

export const configModules: HostModules = {
  names: ['@armature/sdk', '@armature/nn', '@armature/core', '@armature/compose', 'zod'],
};

/**
 * Rewrites imports of host packages to absolute addresses of the host's own files: a second copy of the SDK or of zod would
 * have classes of its own, and its values would not be recognised. Works from any folder, with or without node_modules.
 */
export function hostModulesPlugin(modules: HostModules): Plugin {
  return {
    name: 'host-modules',
    setup(build) {
      build.onResolve({ filter: /^(@armature\/|zod($|\/))/ }, (args) => resolveHostModule(modules, args));
    },
  };
}

function resolveHostModule(modules: HostModules, args: OnResolveArgs): OnResolveResult | undefined {
  const owned = modules.names.some((name) => args.path === name || args.path.startsWith(`${name}/`));
  if (!owned) {
    const refusal = args.path.startsWith('@armature/') ? modules.refusal?.(args.path) : undefined;
    return refusal === undefined ? undefined : { errors: [{ text: refusal }] };
  }
  try {
    const url = import.meta.resolve(args.path);
    // `require` takes paths, `import` takes addresses; both give the same module object.
    return { path: args.kind === 'require-call' ? fileURLToPath(url) : url, external: true };
  } catch (error) {
    return { errors: [{ text: `the host has no ${args.path}: ${error instanceof Error ? error.message : String(error)}` }] };
  }
}
