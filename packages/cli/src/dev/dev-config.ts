import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { discoverExtensions, type HostConfig } from '@armature/core';

/** A configuration in which the extension at `path` is found. Asking for it by name is the consent for a single file, for this run. */
export async function devConfig(config: HostConfig, path: string): Promise<HostConfig> {
  const { extensions = [], scriptFolders = [], allowScripts = [] } = config;
  const parent = dirname(path);
  const lists = (folders: readonly string[]): boolean => folders.some((folder) => resolve(folder) === parent);
  if ((await stat(path).catch(() => undefined))?.isFile()) {
    const found = (await discoverExtensions({ scriptFolders: [parent] })).find(({ origin }) => origin === path);
    const ids = found && 'id' in found.manifest ? [found.manifest.id] : [];
    return {
      ...config,
      scriptFolders: lists(scriptFolders) ? scriptFolders : [...scriptFolders, parent],
      allowScripts: allowScripts === true ? true : [...allowScripts, ...ids],
    };
  }
  const others = extensions.filter(({ from }) => from === undefined || resolve(from) !== path);
  return { ...config, extensions: [...others, { from: path, source: true }] };
}
