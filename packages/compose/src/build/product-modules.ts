import { realpathSync } from 'node:fs';
import { dirname, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OnResolveArgs, OnResolveResult, Plugin } from 'esbuild';
import { engineOnly, extensionModules } from '../host-modules.js';

/** Modules that are written for one product. */
export interface ProductModules {
  /** Text by name; the entry is `entry`. */
  readonly texts: Readonly<Record<string, string>>;
  /** Name of the text that stands in the place of `@armature/compose`. */
  readonly compose: string;
  /** Folders of the engine's packages (and of the program): code from elsewhere is an extension's. */
  readonly engine: readonly string[];
}

const namespace = 'product';

/** One copy of the SDK, of the networks and of zod for everybody; an extension's import of the engine is turned down. */
export function productModulesPlugin(modules: ProductModules): Plugin {
  return {
    name: 'product-modules',
    setup(build) {
      build.onResolve({ filter: /^product:/ }, ({ path }) => ({ path: path.slice('product:'.length), namespace }));
      build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
        contents: modules.texts[path] ?? '',
        loader: 'js',
        resolveDir: ownFolder,
      }));
      build.onResolve({ filter: /^(@armature\/|zod($|\/))/ }, (args) => resolveEngine(modules, args));
    },
  };
}

const ownFolder = realpathSync(dirname(fileURLToPath(import.meta.url)));

function resolveEngine(
  { engine, compose }: ProductModules,
  { path, importer, namespace: from }: OnResolveArgs,
): OnResolveResult | undefined {
  const ours = from === namespace || engine.some((folder) => importer.startsWith(folder + sep));
  if (path === '@armature/compose' && ours) return { path: compose, namespace };
  const shared = [...extensionModules.names, ...(ours ? ['@armature/core'] : [])].some(
    (name) => path === name || path.startsWith(`${name}/`),
  );
  const refusal = ours || (shared && !engineOnly.test(path)) ? undefined : extensionModules.refuse?.(path);
  if (refusal !== undefined) return { errors: [{ text: refusal }] };
  if (!shared) return undefined;
  try {
    return { path: realpathSync(fileURLToPath(import.meta.resolve(path))) };
  } catch (error) {
    return { errors: [{ text: `the host has no ${path}: ${error instanceof Error ? error.message : String(error)}` }] };
  }
}
