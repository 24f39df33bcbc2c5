import { stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Capability } from '@armature/core';
import { HostError } from '@armature/sdk/host';
import { checkPackage } from './check-package.js';
import type { LockEntry } from './extension-lock.js';
import type { ExtensionPlace } from './extension-place.js';
import type { FetchedPackage } from './fetch-package.js';
import type { PackageSource } from './package-source.js';

/** What adding a package would do, and what it would trust. */
export interface AddPlan {
  readonly id: string;
  readonly package: string;
  readonly version: string;
  /** Version it takes the place of. */
  readonly replaces: string | undefined;
  readonly from: string;
  readonly integrity: string;
  /** Absolute path. */
  readonly folder: string;
  readonly capabilities: readonly Capability[];
  /** Of those, what the version it replaces did not ask for. */
  readonly newCapabilities: readonly Capability[];
  /** What its code reaches for, `node:fs`, `fetch`. */
  readonly reaches: readonly string[];
  readonly requires: readonly string[];
  readonly files: number;
  readonly bytes: number;
  /** `name@version` of what it brings along. */
  readonly dependencies: readonly string[];
  /** Those of them, itself included, whose install scripts do not run. */
  readonly skippedScripts: readonly string[];
  readonly entry: LockEntry;
}

/** @throws HostError as `checkPackage`; FOLDER_EXISTS for a folder that was not added by this program */
export async function addPlan(
  fetched: FetchedPackage,
  { kind, spec }: PackageSource,
  place: ExtensionPlace,
  before: Readonly<Record<string, LockEntry>>,
): Promise<AddPlan> {
  const { id, capabilities, reaches, requires } = await checkPackage(fetched, place);
  const folder = join(place.folder, id);
  const previous = before[id];
  if (!previous && (await stat(folder).catch(() => undefined))) throw new HostError('FOLDER_EXISTS', { path: folder });
  const { name, version, integrity, files, bytes, npmLock } = fetched;
  const from = kind === 'registry' ? spec : relative(place.folder, spec).split(sep).join('/');
  const installed = Object.entries(npmLock.packages).filter(([path]) => path !== '');
  const called = ([path, info]: (typeof installed)[number]): string =>
    `${path.slice(path.lastIndexOf('node_modules/') + 13)}@${info.version}`;
  return {
    id,
    package: name,
    version,
    replaces: previous?.version,
    from,
    integrity,
    folder,
    capabilities,
    newCapabilities: capabilities.filter((word) => !previous?.capabilities.includes(word)),
    reaches,
    requires,
    files,
    bytes,
    dependencies: installed.filter(([path]) => path !== `node_modules/${name}`).map(called),
    skippedScripts: installed.filter(([, { hasInstallScript }]) => hasInstallScript).map(called),
    entry: { package: name, version, from, kind, integrity, capabilities: [...capabilities], npm: npmLock },
  };
}
