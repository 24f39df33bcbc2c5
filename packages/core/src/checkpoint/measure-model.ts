import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { components, indexName } from './diffusers/component-files.js';

/** Size and time of a model: of its file, or of all files of a diffusers folder. */
export interface ModelSize {
  readonly bytes: number;
  readonly modified: number;
  /** It is a diffusers folder. */
  readonly folder: boolean;
}

/** Undefined: there is nothing, or a folder of another kind. */
export async function measureModel(path: string): Promise<ModelSize | undefined> {
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isFile()) return { bytes: stats.size, modified: stats.mtimeMs, folder: false };
  return stats?.isDirectory() ? measureFolder(path) : undefined;
}

async function measureFolder(folder: string): Promise<ModelSize | undefined> {
  const index = await stat(join(folder, indexName)).catch(() => undefined);
  if (!index?.isFile()) return undefined;
  let [bytes, modified] = [0, index.mtimeMs];
  for (const part of [...components, 'scheduler']) {
    for (const name of await readdir(join(folder, part)).catch(() => [])) {
      const found = await stat(join(folder, part, name)).catch(() => undefined);
      if (!found?.isFile()) continue;
      bytes += found.size;
      modified = Math.max(modified, found.mtimeMs);
    }
  }
  return { bytes, modified, folder: true };
}
