import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { STORAGE, type StorageApi } from '@armature/sdk';
import type { HostConfig } from '../api/index.js';
import { replaceFile } from '../image/index.js';
import { insideFolder } from './inside-folder.js';

/** Where extensions keep their files: what the embedder has put in the place of STORAGE, asked once for each, or a folder each. */
export function storageOf(config: HostConfig, data: string): (extension: string) => StorageApi {
  const given = config.provide?.findLast(([token]) => token.symbol === STORAGE.symbol)?.[1];
  return given ?? ((extension) => extensionStorage(data, extension));
}

/** A folder of one extension below the application's data folder. No name leaves it; writes are atomic. */
export function extensionStorage(data: string, extension: string): StorageApi {
  const folder = join(data, 'extensions', extension);
  return Object.freeze({
    folder,
    async read(name: string): Promise<Uint8Array | undefined> {
      try {
        return await readFile(insideFolder(folder, name));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async write(name: string, bytes: Uint8Array): Promise<void> {
      await replaceFile(insideFolder(folder, name), bytes);
    },
  });
}
