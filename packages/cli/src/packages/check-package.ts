import { join } from 'node:path';
import { type Capability, discoverExtensions } from '@armature/core';
import { HostError, isHostError } from '@armature/sdk';
import { candidateId, type ExtensionPlace } from './extension-place.js';
import type { FetchedPackage } from './fetch-package.js';

/** What the manifest of a fetched package says. */
export interface CheckedPackage {
  readonly id: string;
  readonly capabilities: readonly Capability[];
  readonly requires: readonly string[];
}

/**
 * The manifest of a package in its folder; none of its code runs.
 * @throws HostError EXT_MANIFEST, EXT_API_MISMATCH, EXT_ENGINE_MISMATCH, PATH_ESCAPES
 */
export async function readPackageManifest(folder: string): Promise<CheckedPackage> {
  const [candidate] = await discoverExtensions({ extensions: [{ from: folder }] });
  if (!candidate) throw new HostError('EXT_MANIFEST', { path: folder, problem: 'there is no package in it' });
  if (isHostError(candidate.manifest)) throw candidate.manifest;
  const { id, capabilities, requires } = candidate.manifest;
  return { id, capabilities, requires };
}

/**
 * Whether a fetched package could be an extension in this place.
 * @throws HostError as `readPackageManifest`; EXT_DUPLICATE_ID, EXT_REQUIRES
 */
export async function checkPackage({ folder, npmLock, name }: FetchedPackage, place: ExtensionPlace): Promise<CheckedPackage> {
  const checked = await readPackageManifest(folder);
  const { id, requires } = checked;
  const wrong = (problem: string): HostError => new HostError('EXT_MANIFEST', { path: `package.json of ${name}`, problem });
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
  return checked;
}
