import { fileURLToPath } from 'node:url';
import type { OnResolveArgs, OnResolveResult, Plugin } from 'esbuild';

/** Packages a bundle takes from the host instead of carrying a copy. */
export interface HostModules {
  readonly names: readonly string[];
  /** What to say to an import that is turned down; undefined: it is bundled like any other. */
  readonly refuse?: (specifier: string) => string | undefined;
}

export const extensionModules: HostModules = {
  names: ['@armature/sdk', '@armature/nn', 'zod'],
  refuse: (specifier) =>
    specifier.startsWith('@armature/') ? `an extension may import @armature/sdk and @armature/nn, not ${specifier}` : undefined,
};

/** The tiny model too: configurations name its folder, and need no package beside the program for it. */
export const configModules: HostModules = {
  names: ['@armature/sdk', '@armature/nn', '@armature/core', '@armature/compose', '@armature/tiny-model', 'zod'],
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

/** Parts of the SDK that extensions do not see. */
export const engineOnly = /^@armature\/sdk\/(?:internal|host)$/;

function resolveHostModule(modules: HostModules, args: OnResolveArgs): OnResolveResult | undefined {
  const owned = modules.names.some((name) => args.path === name || args.path.startsWith(`${name}/`));
  const refusal = owned && !engineOnly.test(args.path) ? undefined : modules.refuse?.(args.path);
  if (refusal !== undefined) return { errors: [{ text: refusal }] };
  if (!owned) return undefined;
  try {
    const url = import.meta.resolve(args.path);
    // `require` takes paths, `import` takes addresses; both give the same module object.
    return { path: args.kind === 'require-call' ? fileURLToPath(url) : url, external: true };
  } catch (error) {
    return { errors: [{ text: `the host has no ${args.path}: ${error instanceof Error ? error.message : String(error)}` }] };
  }
}
