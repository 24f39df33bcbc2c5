import { join } from 'node:path';
import { loadConfig } from '@armature/compose';
import { discoverExtensions, type ExtensionCandidate } from '@armature/core';
import { isHostError } from '@armature/sdk';
import { dataFolder } from '../host/data-folder.js';
import { firstPartyExtensions } from '../host/first-party-extensions.js';
import type { Terminal } from '../terminal.js';

/** Where extensions are added, and which are known there. */
export interface ExtensionPlace {
  /** Absolute path; it need not exist yet. */
  readonly folder: string;
  /** Every extension the host would find; none of their code has run. */
  readonly candidates: readonly ExtensionCandidate[];
}

/** The folder the host scans for packages: the first the configuration names, or `extensions` here. @throws HostError CONFIG_INVALID */
export async function extensionPlace(flags: { readonly config?: string }, terminal: Terminal): Promise<ExtensionPlace> {
  const cacheFolder = join(dataFolder(terminal), 'bundles');
  const config = (await loadConfig({ folder: terminal.folder, path: flags.config, cacheFolder }))?.config ?? {};
  const { extensionFolders = [join(terminal.folder, 'extensions')] } = config;
  const extensions = [...firstPartyExtensions(config.extensions), ...(config.extensions ?? [])];
  return {
    folder: extensionFolders[0] ?? join(terminal.folder, 'extensions'),
    candidates: await discoverExtensions({ extensions, extensionFolders }),
  };
}

/** Id of a candidate whose manifest can be read. */
export const candidateId = ({ manifest }: ExtensionCandidate): string | undefined => (isHostError(manifest) ? undefined : manifest.id);
