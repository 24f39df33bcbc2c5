import { existsSync, statSync } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { isHostError } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type { ExtensionSource, HostConfig } from '../api/index.js';
import { fileDigest, folderDigest, textDigest } from './code-digest.js';
import type { ExtensionCandidate } from './extension-candidate.js';
import { loadModule } from './load-module.js';
import { type Manifest, parseManifest, scriptManifest } from './manifest.js';
import { missingConsent } from './missing-consent.js';
import { scriptCapabilities } from './script-capabilities.js';

const manifestLimit = 1 << 20;

/** Everything that could be an extension: those of the configuration, folders with a package.json, single files. No code runs. */
export async function discoverExtensions(config: HostConfig): Promise<readonly ExtensionCandidate[]> {
  const given = await Promise.all((config.extensions ?? []).map((source, index) => fromSource(source, index, config)));
  const named = new Set(given.map(({ origin }) => origin));
  const packages = await Promise.all((config.extensionFolders ?? []).map((folder) => packagesIn(resolve(folder), config, named)));
  const scripts = await Promise.all((config.scriptFolders ?? []).map((folder) => scriptsIn(resolve(folder), config)));
  return [...given, ...packages.flat(), ...scripts.flat()];
}

async function fromSource(source: ExtensionSource, index: number, config: HostConfig): Promise<ExtensionCandidate> {
  if (source.definition !== undefined) {
    const { definition } = source;
    const origin = `extensions[${index}] of the configuration`;
    const manifest = attempt(() => parseManifest(source.manifest, origin));
    const setup = (definition as { setup?: unknown } | null)?.setup;
    const version = isHostError(manifest) ? '' : manifest.version;
    return { origin, folder: source.folder, manifest, load: async () => ({ definition, digest: textDigest(version, String(setup)) }) };
  }
  const { from = '' } = source;
  const folder = packageFolder(from);
  if (folder !== undefined) return fromFolder(folder, config, { source: source.source ?? false });
  const problem = from === '' ? 'neither a definition nor a place is given' : 'no such folder or installed package';
  return broken(
    from || `extensions[${index}] of the configuration`,
    new HostError('EXT_MANIFEST', { path: from || `extensions[${index}]`, problem }),
  );
}

/** A folder as it is, or an npm package looked for upwards from the working folder. */
function packageFolder(from: string): string | undefined {
  if (from === '') return undefined;
  if (isAbsolute(from) || from.startsWith('.')) return existsSync(join(from, 'package.json')) ? resolve(from) : undefined;
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', from);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (dirname(folder) === folder) return undefined;
  }
}

/** A folder that the configuration names is not found a second time. */
async function packagesIn(folder: string, config: HostConfig, named: ReadonlySet<string>): Promise<readonly ExtensionCandidate[]> {
  const names = await namesIn(folder);
  const folders = names
    .map((name) => join(folder, name))
    .filter((path) => !named.has(path) && statSync(path, { throwIfNoEntry: false })?.isDirectory());
  return Promise.all(folders.map((path) => fromFolder(path, config, { bundleAll: true })));
}

async function fromFolder(
  folder: string,
  config: HostConfig,
  { bundleAll = false, source = false }: { readonly bundleAll?: boolean; readonly source?: boolean },
): Promise<ExtensionCandidate> {
  try {
    const path = join(folder, 'package.json');
    const pkg = await readPackage(path);
    const manifest = parseManifest(pkg, path);
    const entry = await entryOf(folder, source ? { ...manifest, entry: manifest.source ?? manifest.entry } : manifest, pkg);
    const digest = (): Promise<string> => folderDigest(folder);
    const load = () => loadModule(entry, { bundler: config.bundler, manifest, bundleAll, digest });
    const consent = missingConsent(manifest, folder, config, 'package');
    return { origin: folder, folder, entry, manifest, load, ...(consent && { consent }) };
  } catch (error) {
    return broken(
      folder,
      isHostError(error) ? error : new HostError('EXT_MANIFEST', { path: folder, problem: String(error) }, { cause: error }),
    );
  }
}

async function readPackage(path: string): Promise<Record<string, unknown>> {
  if (!existsSync(path)) throw new HostError('EXT_MANIFEST', { path, problem: 'there is no package.json with an "armature" block' });
  const { size } = await stat(path);
  if (size > manifestLimit) throw new HostError('EXT_MANIFEST', { path, problem: `${size} bytes are too many for a package.json` });
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new HostError('EXT_MANIFEST', { path, problem: (error as Error).message }, { cause: error });
  }
  if (typeof json !== 'object' || json === null || !('armature' in json)) {
    throw new HostError('EXT_MANIFEST', { path, problem: 'there is no "armature" block in it' });
  }
  return json as Record<string, unknown>;
}

/** The entry file: `armature.entry`, `exports`, `main`, or index.js/ts. Links may not lead it out of the folder. */
async function entryOf(folder: string, manifest: Manifest, pkg: Record<string, unknown>): Promise<string> {
  const named = manifest.entry ?? exportOf(pkg.exports) ?? (typeof pkg.main === 'string' ? pkg.main : undefined);
  const name = named ?? ['index.js', 'index.mjs', 'index.ts'].find((file) => existsSync(join(folder, file))) ?? 'index.js';
  const path = resolve(folder, name);
  if (!existsSync(path))
    throw new HostError('EXT_MANIFEST', {
      path: join(folder, 'package.json'),
      problem: `the entry file ${name} does not exist: build the package, or mend the entry`,
    });
  const [realFolder, realEntry] = await Promise.all([realpath(folder), realpath(path)]);
  if (!realEntry.startsWith(realFolder + sep)) throw new HostError('PATH_ESCAPES', { path: realEntry, folder: realFolder });
  return realEntry;
}

function exportOf(exports: unknown): string | undefined {
  if (typeof exports === 'string') return exports;
  if (typeof exports !== 'object' || exports === null) return undefined;
  const { '.': root, import: esm, default: standard } = exports as Record<string, unknown>;
  return exportOf(root) ?? exportOf(esm) ?? exportOf(standard);
}

async function scriptsIn(folder: string, config: HostConfig): Promise<readonly ExtensionCandidate[]> {
  const files = (await namesIn(folder)).filter((name) => /\.(?:ts|js|mjs)$/.test(name) && !/\.(?:d|test)\.ts$/.test(name));
  return Promise.all(files.map((name) => fromScript(join(folder, name), name, config)));
}

async function fromScript(path: string, name: string, config: HostConfig): Promise<ExtensionCandidate> {
  const words = await scriptCapabilities(path);
  const manifest = attempt(() => scriptManifest(name, words));
  if (isHostError(manifest)) return broken(path, manifest);
  const load = () => loadModule(path, { bundler: config.bundler, manifest, bundleAll: true, digest: () => fileDigest(path) });
  const consent = missingConsent(manifest, path, config, 'script');
  return { origin: path, entry: path, manifest, load, ...(consent && { consent }) };
}

/** Sorted names in a folder; a folder that is not there has none. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new HostError(
      'CONFIG_INVALID',
      { path: folder, problem: `the folder cannot be read (${(error as Error).message})` },
      { cause: error },
    );
  }
}

function attempt(parse: () => Manifest): Manifest | HostError {
  try {
    return parse();
  } catch (error) {
    if (isHostError(error)) return error;
    throw error;
  }
}

const broken = (origin: string, problem: HostError): ExtensionCandidate => ({
  origin,
  manifest: problem,
  load: () => Promise.reject(problem),
});
