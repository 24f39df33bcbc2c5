import { realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { HostError } from '@armature/sdk/host';
import type { Metafile } from 'esbuild';
import { createBundler } from '../create-bundler.js';
import { loadConfig } from '../load-config.js';
import { attributeBytes } from './attribute-bytes.js';
import { browserFiles } from './browser-files.js';
import { type BuildProgram, type BuildRequest, type BuildTarget, buildTargets } from './build-request.js';
import { type BuildSource, buildSources } from './build-sources.js';
import { bundleProduct, type ProductBundle } from './bundle-product.js';
import { checkProduct } from './check-product.js';
import { allFiles, dataFiles } from './data-files.js';
import { describeProduct, type ProductManifest } from './describe-product.js';
import { type EngineFiles, engineFiles } from './engine-files.js';
import { PackageMap } from './package-map.js';
import { type PackagedModels, presetText } from './preset-text.js';
import type { ProductFile } from './product-file.js';
import { productEntry, productPackage } from './product-package.js';
import { assetFolder } from './product-places.js';
import { productTexts, productTypes } from './product-texts.js';
import { writeProduct } from './write-product.js';

export interface BuiltProduct {
  /** Absolute. */
  readonly folder: string;
  readonly manifest: ProductManifest;
  /** The compiler's account of the bundle: which file went into it, with how many bytes. */
  readonly metafile: Metafile;
}

/**
 * Composes a product: one bundle of the engine and exactly the extensions of the configuration, their data, what cannot be bundled
 * named with exact versions, and a manifest. The same input gives the same bytes, in whatever folder.
 * @throws HostError BUILD_TARGET, BUILD_EXTENSION, BUILD_FAILED, BUILD_CHECK, CONFIG_INVALID, OUTPUT_UNWRITABLE
 */
export async function buildProduct(request: BuildRequest): Promise<BuiltProduct> {
  const { target, cacheFolder, out } = request;
  const program = await programOf(request);
  const loaded = await loadConfig({ folder: request.folder, path: request.config, cacheFolder });
  if (!loaded)
    throw new HostError('CONFIG_INVALID', {
      path: request.folder,
      problem: 'there is no armature.config.ts that says what to compose; write one that exports defineConfig({ extensions: [...] })',
    });
  const sources = await buildSources(loaded, createBundler({ cacheFolder }));
  const folder = await realpath(dirname(loaded.path));
  const packages = new PackageMap(
    sources.map((source) => ({ ...source, name: source.id })),
    folder,
  );
  const preset = presetText(loaded, folder, sources, packages);
  const engine = await engineFiles(packages);
  const modules = productTexts(program, preset.text);
  const replaced = await realPaths({ ...engine.replaced, ...program?.replaced });
  const bundle = await bundleProduct({ packages, modules, replaced, folder, shebang: program !== undefined });
  const external = sorted({ ...engine.external, ...bundle.external });
  const files = await filesOf({ target, sources, packages, packaged: preset.packaged, engine, bundle });
  files.set('package.json', productPackage(target, packages.of(join(folder, 'package.json')), external));
  const shares = attributeBytes(
    bundle,
    sources.map(({ entry }) => entry),
  );
  const manifest = await describeProduct({ target, entry: productEntry[target], sources, shares, external, files });
  const built = resolve(request.folder, out);
  await writeProduct(built, files, manifest);
  if (request.check) await checkProduct(built, manifest);
  return { folder: built, manifest, metafile: bundle.metafile };
}

/** What the product runs, in real paths; a module runs nothing. */
async function programOf({ target, programs }: BuildRequest): Promise<BuildProgram | undefined> {
  const refused = (problem: string): HostError => new HostError('BUILD_TARGET', { target, problem, known: buildTargets.join(', ') });
  if (!buildTargets.includes(target)) throw refused('there is no such target');
  if (target === 'module') return undefined;
  const program = programs?.[target];
  if (!program) throw refused('no program is given for it');
  const { entry, replaced, packages } = program;
  return { entry: await realpath(entry), replaced, packages: await Promise.all(packages.map((path) => realpath(path))) };
}

/** A module that is not where it was would go into the product as it is. @throws HostError BUILD_FAILED */
async function realPaths(texts: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, string>> {
  const real = async (path: string): Promise<string> =>
    realpath(path).catch((error: unknown) => {
      throw new HostError('BUILD_FAILED', { problem: `${path} does not exist; run npm run build` }, { cause: error });
    });
  return new Map(await Promise.all(Object.entries(texts).map(async ([path, text]) => [await real(path), text] as const)));
}

interface Parts {
  readonly target: BuildTarget;
  readonly sources: readonly BuildSource[];
  readonly packages: PackageMap;
  readonly packaged: readonly PackagedModels[];
  readonly engine: EngineFiles;
  readonly bundle: ProductBundle;
}

async function filesOf({ target, sources, packages, packaged, engine, bundle }: Parts): Promise<Map<string, ProductFile>> {
  const files = new Map<string, ProductFile>([[productEntry[target], bundle.code], ...engine.files]);
  const add = (more: readonly (readonly [string, ProductFile])[]): void => {
    for (const [path, file] of more) files.set(path, file);
  };
  if (target === 'module') files.set('index.d.ts', productTypes);
  for (const { folder, id } of sources) add(await dataFiles(folder, `${assetFolder}/${id}`));
  for (const [folder, file] of bundle.asked) {
    const home = packages.of(file);
    const to = `${assetFolder}/${home.name}`;
    if (packages.isAround(home))
      throw new HostError('BUILD_FAILED', { problem: `${file} asks where it is and belongs to no extension; move it into one` });
    // Of the engine's packages the code asks for its version alone; models go by what the configuration names.
    if (packages.isAround(home))
      throw new HostError('BUILD_FAILED', { problem: `code of ${folder} outside every extension asks where it is` });
    if (home.name.startsWith('@armature/')) files.set(`${to}/package.json`, { from: join(folder, 'package.json') });
    else add(await dataFiles(folder, to));
  }
  for (const { from, to } of packaged) add((await allFiles(from)).map((path) => [`${to}/${path}`, { from: join(from, path) }] as const));
  add(await browserFiles(sources, packages));
  return files;
}

const sorted = (values: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
