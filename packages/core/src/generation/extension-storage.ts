import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { HostError, type StorageApi } from '@armature/sdk';

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
    write: (name: string, bytes: Uint8Array) => writeAtomic(inside(folder, name), bytes),
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

/** @throws HostError OUTPUT_UNWRITABLE */
async function writeAtomic(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new HostError('OUTPUT_UNWRITABLE', { path, problem: error instanceof Error ? error.message : String(error) }, { cause: error });
  }
}
