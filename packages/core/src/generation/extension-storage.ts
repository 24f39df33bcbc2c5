import { readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { HostError, type StorageApi } from '@armature/sdk';
import { replaceFile } from '../image/index.js';

/** A folder of one extension below the application's data folder. No name leaves it; writes are atomic. */
export function extensionStorage(data: string, extension: string): StorageApi {
  const folder = join(data, 'extensions', extension);
  return Object.freeze({
    folder,
    async read(name: string): Promise<Uint8Array | undefined> {
      try {
        return await readFile(inside(folder, name));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async write(name: string, bytes: Uint8Array): Promise<void> {
      await replaceFile(inside(folder, name), bytes);
    },
  });
}

/** @throws HostError PATH_ESCAPES */
function inside(folder: string, name: string): string {
  const path = resolve(folder, name);
  const way = relative(folder, path);
  if (way === '' || way.startsWith(`..${sep}`) || way === '..' || resolve(way) === way)
    throw new HostError('PATH_ESCAPES', { path: name, folder });
  return path;
}
