import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isHostError } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOENT: 'no folder can be made there',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'it is a file, not a folder',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its links go in a circle',
};

/** A coded error, as of who was told of a file, stays what it is. */
export function unwritable(path: string, error: unknown): HostError {
  if (isHostError(error)) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  return new HostError('OUTPUT_UNWRITABLE', { path, problem: reasons[code] ?? (code || message) }, { cause: error });
}

/**
 * Makes a folder and those above it. Not `mkdir` with `recursive`, which never returns where the system answers ENOENT
 * inside a folder that exists (`/proc`, Node 20).
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const above = dirname(path);
    if (code === 'ENOENT' && above !== path && !(await isFolder(above))) {
      await makeFolder(above);
      await makeFolder(path);
    } else if (!(await isFolder(path))) throw error;
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );

/**
 * Makes the folder if needed and writes a trial file, so that a job fails before it starts.
 * @throws HostError OUTPUT_UNWRITABLE with the reason.
 */
export async function assertWritable(folder: string): Promise<void> {
  const path = resolve(folder);
  const trial = temporaryIn(path);
  try {
    await makeFolder(path);
    await (await open(trial, 'wx')).close();
    await rm(trial);
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** A name in a folder for a file that is not finished. */
export const temporaryIn = (folder: string): string => join(folder, `.armature-${process.pid}-${randomBytes(6).toString('hex')}.tmp`);

/** Writes a new file and waits until the disk has it. */
async function writeFlushed(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(path, 'wx');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Told before a file gets the name `path`; `inode` is that of the finished file, undefined while there is none. */
export type BeforePlacing = (file: {
  readonly path: string;
  readonly digest: string;
  readonly inode: string | undefined;
}) => void | Promise<void>;

/** Writes a file that gets its name later. @returns what is to be called before it gets one. */
export async function writeTold(
  temporary: string,
  bytes: Uint8Array,
  onSaving: BeforePlacing | undefined,
): Promise<(path: string) => Promise<void>> {
  if (!onSaving) {
    await writeFlushed(temporary, bytes);
    return async () => undefined;
  }
  const digest = createHash('sha256').update(bytes).digest('hex');
  await onSaving({ path: temporary, digest, inode: undefined });
  await writeFlushed(temporary, bytes);
  const inode = String((await stat(temporary, { bigint: true })).ino);
  return async (path) => onSaving({ path, digest, inode });
}

/** Puts a file in place of another: a reader sees the old bytes or the new. @throws HostError OUTPUT_UNWRITABLE */
export async function replaceFile(path: string, bytes: Uint8Array, onSaving?: BeforePlacing): Promise<void> {
  const home = dirname(path);
  const temporary = temporaryIn(home);
  try {
    await makeFolder(home);
    const tell = await writeTold(temporary, bytes, onSaving);
    await tell(path);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw unwritable(path, error);
  }
}
