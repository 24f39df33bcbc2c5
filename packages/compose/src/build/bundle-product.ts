import { dirname } from 'node:path';
import { HostError } from '@armature/sdk/host';
import type { BuildOptions, BuildResult, Metafile } from 'esbuild';
import { BundleFailure, bundleFailure } from '../bundle-failure.js';
import { fileScopeNames } from '../file-scope.js';
import { NativePackages } from './native-packages.js';
import type { PackageMap } from './package-map.js';
import { type ProductModules, productModulesPlugin } from './product-modules.js';
import { productBanner, productPlacesPlugin } from './product-places.js';
import { stableNames } from './stable-names.js';

export interface ProductBundle {
  readonly code: string;
  readonly metafile: Metafile;
  /** What paths in the metafile are relative to. */
  readonly base: string;
  /** Packages that stay outside, with exact versions. */
  readonly external: Readonly<Record<string, string>>;
  /** Packages whose code asks where it is, by folder, with the first such file. */
  readonly asked: ReadonlyMap<string, string>;
}

export interface BundleOrder {
  readonly packages: PackageMap;
  readonly modules: ProductModules;
  readonly replaced: ReadonlyMap<string, string>;
  /** Folder of the configuration. */
  readonly folder: string;
  readonly shebang: boolean;
}

/** The engine's own; others are found while bundling. */
const alwaysNative = ['onnxruntime-node', 'sharp'];

/** Bundles engine, chosen extensions and what they need into one module. @throws HostError BUILD_FAILED with file:line:column */
export async function bundleProduct(order: BundleOrder): Promise<ProductBundle> {
  const natives = new NativePackages(order.packages, alwaysNative);
  const asked = new Map<string, string>();
  for (;;) {
    const before = natives.size;
    asked.clear();
    const result = await compile(options(order, natives, asked), order.folder);
    if (natives.size > before) continue;
    const inputs = new Set(Object.keys(result.metafile.inputs));
    const code = stableNames(result.outputFiles[0]?.text ?? '', inputs, order.folder, (path) => order.packages.nameOf(path));
    return { code, metafile: result.metafile, base: order.folder, external: natives.versions(), asked };
  }
}

function options(
  { packages, modules, replaced, folder, shebang }: BundleOrder,
  natives: NativePackages,
  asked: Map<string, string>,
): InMemory {
  return {
    entryPoints: ['product:entry'],
    absWorkingDir: folder,
    outfile: 'product.js',
    write: false,
    metafile: true,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    keepNames: true,
    legalComments: 'eof',
    logLevel: 'silent',
    define: { ...fileScopeNames },
    banner: { js: (shebang ? '#!/usr/bin/env node\n' : '') + productBanner },
    plugins: [natives.plugin(), productModulesPlugin(modules), productPlacesPlugin({ packages, replaced, asked })],
  };
}

type InMemory = BuildOptions & { readonly write: false; readonly metafile: true };

async function compile(given: InMemory, folder: string): Promise<BuildResult<{ write: false; metafile: true }>> {
  const { build } = await import('esbuild');
  try {
    return await build(given);
  } catch (error) {
    const failure = bundleFailure(error, folder);
    if (failure instanceof BundleFailure) throw new HostError('BUILD_FAILED', { problem: failure.message }, { cause: error });
    throw failure;
  }
}

/** Bundles files that stand alone, such as the runtime's own process, into as many modules. @throws HostError BUILD_FAILED */
export async function bundleFiles(
  entries: Readonly<Record<string, string>>,
  given: BuildOptions,
  packages: PackageMap,
): Promise<{ readonly texts: Readonly<Record<string, string>>; readonly external: Readonly<Record<string, string>> }> {
  const natives = new NativePackages(packages, alwaysNative);
  const folder = dirname(Object.values(entries)[0] ?? process.cwd());
  const base: BuildOptions = { bundle: true, format: 'esm', legalComments: 'eof', logLevel: 'silent', absWorkingDir: folder };
  const result = await compile(
    { ...base, ...given, entryPoints: { ...entries }, outdir: 'out', write: false, metafile: true, plugins: [natives.plugin()] },
    folder,
  );
  const inputs = new Set(Object.keys(result.metafile.inputs));
  const names = Object.keys(entries);
  const texts = names.map((name) => {
    const file = result.outputFiles.find(({ path }) => path.replaceAll('\\', '/').endsWith(`/out/${name}.js`));
    return [name, stableNames(file?.text ?? '', inputs, folder, (path) => packages.nameOf(path))] as const;
  });
  return { texts: Object.fromEntries(texts), external: natives.versions() };
}
