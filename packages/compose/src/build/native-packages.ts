import { isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';
import type { FilePackage, PackageMap } from './package-map.js';

/** Packages that look for a compiled file at run time, wherever it may lie. */
const finders = /^(bindings|node-gyp-build|@mapbox\/node-pre-gyp|node-pre-gyp|prebuild-install)$/;

const packageName = (specifier: string): string => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');

/** Packages with compiled parts: they cannot be bundled and are installed beside the product. */
export class NativePackages {
  readonly #found = new Map<string, FilePackage>();
  readonly #names: Set<string>;
  readonly #packages: PackageMap;

  constructor(packages: PackageMap, names: readonly string[]) {
    this.#packages = packages;
    this.#names = new Set(names);
  }

  /** How many there are; a build in which it grew has to be done again. */
  get size(): number {
    return this.#names.size;
  }

  /** Exact versions of those that were imported, by name. */
  versions(): Readonly<Record<string, string>> {
    const sorted = [...this.#found].sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(sorted.map(([name, { version }]) => [name, version]));
  }

  plugin(): Plugin {
    return {
      name: 'native-packages',
      setup: (build) => {
        for (const filter of [/\.node$/, finders])
          build.onResolve({ filter }, ({ path, importer }) => {
            this.#names.add(this.#packages.of(importer).name);
            return { path, external: true };
          });
        build.onResolve({ filter: /^[^./]/ }, async (args) => {
          const { path, importer, kind, resolveDir, pluginData } = args;
          if (pluginData === this || isBuiltin(path) || !this.#names.has(packageName(path))) return undefined;
          const { path: file, errors } = await build.resolve(path, { importer, kind, resolveDir, pluginData: this });
          if (errors.length > 0) return { errors };
          const found = this.#packages.of(file);
          const other = this.#found.get(packageName(path));
          if (other && found.version !== other.version)
            return { errors: [{ text: `${found.name} is needed in two versions, ${other.version} and ${found.version}; install one` }] };
          this.#found.set(packageName(path), found);
          return { path, external: true };
        });
      },
    };
  }
}
