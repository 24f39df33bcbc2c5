import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { ImportedModule } from '@armature/core';
import type { BuildResult, Plugin } from 'esbuild';
import { bundleFailure } from './bundle-failure.js';
import { metafileImports } from './metafile-imports.js';
import { powerfulGlobals } from './powerful-globals.js';

const markOf = (name: string): string => `__armature_uses_${name.replace('.', '_')}`;
/** `process.env.NODE_ENV` is left alone: libraries ask for it to know how they were built. */
const define = {
  ...Object.fromEntries(powerfulGlobals.flatMap((name) => [name, `globalThis.${name}`].map((key) => [key, markOf(name)]))),
  'process.env.NODE_ENV': '"production"',
};

type Analysis = BuildResult<{ metafile: true; write: false }>;
interface Known {
  readonly stamps: ReadonlyMap<string, string>;
  readonly found: readonly ImportedModule[];
}

/** What entry files reach for, with everything they bring along. Asked again, unchanged files are not read again. */
export class ImportedModules {
  readonly #known = new Map<string, Known>();

  /** `entry`: absolute path. What is not installed is passed over: whoever runs the code says so. @throws BundleFailure */
  async of(entry: string): Promise<readonly ImportedModule[]> {
    const known = this.#known.get(entry);
    if (known && (await isCurrent(known))) return known.found;
    const folder = dirname(entry);
    try {
      const result = await analyse(entry, folder);
      const paths = Object.keys(result.metafile.inputs).map((name) => resolve(folder, name));
      const stamps = new Map(await Promise.all(paths.map(async (path) => [path, await stampOf(path)] as const)));
      const found = Object.freeze([...metafileImports(result.metafile), ...globalsIn(result)]);
      this.#known.set(entry, { stamps, found });
      return found;
    } catch (error) {
      throw bundleFailure(error, folder);
    }
  }
}

/** TypeScript runs as its bundle, from which unused code is gone; JavaScript may run as it stands. */
async function analyse(entry: string, folder: string): Promise<Analysis> {
  const { build } = await import('esbuild');
  return build({
    entryPoints: [entry],
    absWorkingDir: folder,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outfile: 'out.mjs',
    logLevel: 'silent',
    define,
    plugins: [lenientPlugin],
    ...(/\.[cm]?tsx?$/.test(entry) ? {} : { treeShaking: false, ignoreAnnotations: true }),
  });
}

/** Looks into code only, leaves the host's packages and what cannot be found outside. */
const lenientPlugin: Plugin = {
  name: 'lenient',
  setup(build) {
    const asked = Symbol('asked');
    build.onResolve({ filter: /.*/ }, async ({ path, pluginData, ...args }) => {
      if (args.kind === 'entry-point' || pluginData === asked) return undefined;
      if (/^(?:@armature\/|zod(?:$|\/))/.test(path) || path.endsWith('.node')) return { path, external: true };
      const found = await build.resolve(path, {
        kind: args.kind,
        importer: args.importer,
        resolveDir: args.resolveDir,
        namespace: args.namespace,
        pluginData: asked,
      });
      if (found.path.endsWith('.node') || found.errors.length > 0) return { path, external: true };
      return found;
    });
    build.onLoad({ filter: /.*/, namespace: 'file' }, ({ path }) =>
      /\.(?:[cm]?[jt]sx?|json)$/.test(path) ? undefined : { contents: '', loader: 'js' },
    );
  },
};

/** The compiler writes each file's name above its code. */
function globalsIn({ metafile, outputFiles }: Analysis): readonly ImportedModule[] {
  const found = new Map<string, ImportedModule>();
  let file = '';
  for (const line of outputFiles[0]?.text.split('\n') ?? []) {
    const [, plain, wrapped] = /^(?:\/\/ (.+)|\s+"(.+)"\(.*\) \{)$/.exec(line) ?? [];
    const name = plain ?? wrapped;
    if (name !== undefined && name in metafile.inputs) file = name;
    if (!line.includes('__armature_uses_')) continue;
    for (const module of powerfulGlobals.filter((global) => line.includes(markOf(global))))
      found.set(`${module} ${file}`, { module, file });
  }
  return [...found.values()];
}

const stampOf = async (path: string): Promise<string> => {
  const info = await stat(path).catch(() => undefined);
  return info ? `${info.mtimeMs} ${info.size}` : '';
};

async function isCurrent({ stamps }: Known): Promise<boolean> {
  const now = await Promise.all([...stamps].map(async ([path, stamp]) => (await stampOf(path)) === stamp));
  return now.every(Boolean);
}
