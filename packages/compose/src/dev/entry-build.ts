import { createHash } from 'node:crypto';
import { dirname, isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ImportedModule } from '@armature/core';
import type { BuildContext, Plugin } from 'esbuild';
import { BundleFailure, bundleFailure } from '../bundle-failure.js';
import { bundleOptions } from '../bundle-options.js';
import { extensionModules } from '../host-modules.js';
import { metafileImports } from '../metafile-imports.js';
import { mentionsGlobals } from '../powerful-globals.js';

export interface BuiltEntry {
  readonly entry: string;
  /** CommonJS. */
  readonly code: string;
  /** Of the code, 16 hexadecimal digits. */
  readonly digest: string;
  /** Its source map, JSON; sources are relative to the entry's folder. */
  readonly map: Uint8Array;
  /** Addresses of the host's modules it asks for. */
  readonly hostModules: readonly string[];
  /** What it reaches for beyond those; undefined: the code alone does not tell. */
  readonly imports: readonly ImportedModule[] | undefined;
}

/** One entry file, bundled again and again; what has not changed is not read anew by the compiler. */
export class EntryBuild {
  readonly entry: string;
  readonly #base: string;
  /** Folders of all files the last build has read or looked for. */
  readonly #folders = new Set<string>();
  #context: Promise<BuildContext> | undefined;

  /** `base`: the folder that errors name files from. */
  constructor(entry: string, base: string) {
    this.entry = entry;
    this.#base = base;
  }

  get folders(): ReadonlySet<string> {
    return this.#folders;
  }

  /** @throws BundleFailure */
  async run(): Promise<BuiltEntry> {
    this.#context ??= this.#open();
    const context = await this.#context;
    this.#folders.clear();
    try {
      const { outputFiles = [], metafile } = await context.rebuild();
      const [code, map] = ['.js', '.map'].map((end) => outputFiles.find(({ path }) => path.endsWith(end))?.contents);
      if (!code || !map) throw new BundleFailure('the compiler wrote nothing');
      const outside = Object.values(metafile?.outputs ?? {}).flatMap((output) => output.imports.filter(({ external }) => external));
      const hostModules = new Set(
        outside.flatMap(({ path }) => (path.startsWith('file:') ? path : isAbsolute(path) ? pathToFileURL(path).href : [])),
      );
      const digest = createHash('sha256').update(code).digest('hex').slice(0, 16);
      const text = Buffer.from(code).toString();
      const imports = metafile && !mentionsGlobals(text) ? metafileImports(metafile) : undefined;
      return { entry: this.entry, code: text, digest, map, hostModules: [...hostModules], imports };
    } catch (error) {
      throw bundleFailure(error, dirname(this.entry), this.#base);
    }
  }

  async dispose(): Promise<void> {
    const context = await this.#context?.catch(() => undefined);
    await context?.dispose();
  }

  async #open(): Promise<BuildContext> {
    const { context } = await import('esbuild');
    const options = bundleOptions({ entry: this.entry, hostModules: extensionModules });
    return context({
      ...options,
      outfile: resolve(dirname(this.entry), 'out.js'),
      format: 'cjs',
      sourcemap: 'external',
      sourcesContent: false,
      // A comment is no change, and one character of another script in it doubles the memory that a bundle takes.
      minifyWhitespace: true,
      legalComments: 'none',
      metafile: true,
      // Code that runs in no module has no import() of its own.
      supported: { 'dynamic-import': false },
      plugins: [this.#notes(), ...options.plugins],
    });
  }

  /** Notes where files are read from and looked for, also when the build fails. */
  #notes(): Plugin {
    return {
      name: 'notes',
      setup: (build) => {
        build.onResolve({ filter: /^\.{1,2}\// }, ({ resolveDir, path }) => {
          this.#folders.add(dirname(resolve(resolveDir, path)));
          return undefined;
        });
        build.onLoad({ filter: /.*/, namespace: 'file' }, ({ path }) => {
          this.#folders.add(dirname(path));
          return undefined;
        });
      },
    };
  }
}
