import { join } from 'node:path';
import { createBundler } from '@armature/compose';
import { assertImports, type Capability, discoverExtensions } from '@armature/core';
import { isHostError } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { candidateId, type ExtensionPlace } from './extension-place.js';
import type { FetchedPackage } from './fetch-package.js';

/** What the manifest of a fetched package says. */
interface PackageManifest {
  readonly id: string;
  readonly capabilities: readonly Capability[];
  readonly requires: readonly string[];
  readonly entry: string;
}

/** A package that could be an extension. */
export interface CheckedPackage extends PackageManifest {
  /** What its code reaches for beyond the SDK and its own files, each once: `node:fs`, `fetch`. */
  readonly reaches: readonly string[];
}

/**
 * The manifest of a package in its folder; none of its code runs. `called`: what errors say in place of a temporary folder.
 * @throws HostError EXT_MANIFEST, EXT_API_MISMATCH, EXT_ENGINE_MISMATCH, PATH_ESCAPES
 */
export async function readPackageManifest(folder: string, called?: string): Promise<PackageManifest> {
  const [candidate] = await discoverExtensions({ extensions: [{ from: folder }] });
  if (!candidate) throw new HostError('EXT_MANIFEST', { path: folder, problem: 'there is no package in it' });
  if (isHostError(candidate.manifest)) throw called === undefined ? candidate.manifest : renamed(candidate.manifest, 'path', called);
  const { id, capabilities, requires } = candidate.manifest;
  return { id, capabilities, requires, entry: candidate.entry ?? folder };
}

/**
 * Whether a fetched package could be an extension in this place.
 * @throws HostError as `readPackageManifest`; EXT_DUPLICATE_ID, EXT_REQUIRES; EXT_IMPORT, EXT_CAPABILITY
 */
export async function checkPackage({ folder, npmLock, name }: FetchedPackage, place: ExtensionPlace): Promise<CheckedPackage> {
  const called = `package.json of ${name}`;
  const manifest = await readPackageManifest(folder, called);
  const { id, requires } = manifest;
  const wrong = (problem: string): HostError => new HostError('EXT_MANIFEST', { path: called, problem });
  const installed = Object.entries(npmLock.packages).filter(([path]) => path !== '');
  const own = installed.find(([path]) => /node_modules\/@armature\/(?:sdk|nn|core)$/.test(path))?.[0];
  if (own !== undefined) {
    const host = own.slice(own.lastIndexOf('@armature'));
    throw wrong(`it brings ${host} along, which the host has: move it from "dependencies" to "peerDependencies"`);
  }
  const linked = installed.find(([, { link }]) => link)?.[0];
  if (linked !== undefined)
    throw wrong(`its dependency ${linked.slice(linked.lastIndexOf('node_modules/') + 13)} is a folder elsewhere: bundle it`);
  const target = join(place.folder, id);
  const other = place.candidates.find((candidate) => candidateId(candidate) === id && candidate.origin !== target);
  if (other) throw new HostError('EXT_DUPLICATE_ID', { extension: id, first: other.origin, second: name });
  const known = new Set(place.candidates.map(candidateId));
  const missing = requires.filter((required) => !known.has(required));
  if (missing.length > 0) throw new HostError('EXT_REQUIRES', { extension: id, missing: missing.join(', ') });
  return { ...manifest, reaches: await declaredImports(manifest, folder) };
}

/** What the code reaches for. @throws HostError EXT_IMPORT, EXT_CAPABILITY */
async function declaredImports(manifest: PackageManifest, folder: string): Promise<readonly string[]> {
  const looked = createBundler({ cacheFolder: folder }).imports?.(manifest.entry) ?? Promise.resolve([]);
  const imports = await looked.catch((error: unknown) => {
    throw isHostError(error) ? renamed(error, 'extension', manifest.id) : error;
  });
  assertImports(manifest, imports);
  const named = new Set(imports.map(({ module }) => module));
  return [...named].filter((module) => !/^(?:@armature\/|zod(?:$|\/))/.test(module)).sort();
}

/** The same error with other words for a place in the temporary folder. */
const renamed = (error: HostError, field: string, called: string): HostError =>
  field in error.data ? new HostError(error.code, { ...error.data, [field]: called }, { cause: error }) : error;
