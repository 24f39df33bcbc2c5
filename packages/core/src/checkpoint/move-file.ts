import { constants } from 'node:fs';
import { copyFile, link, mkdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Moves a file or folder and never overwrites: a file is linked to its new name first, which fails when the name is
 * taken, even by another process. @returns false when the name is taken.
 */
export async function moveFile(from: string, to: string): Promise<boolean> {
  await mkdir(dirname(to), { recursive: true });
  if ((await stat(from)).isDirectory()) return renameIfFree(from, to);
  try {
    await link(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code === 'EXDEV') return copyAcross(from, to);
    return renameIfFree(from, to);
  }
  await unlink(from);
  return true;
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** For folders, and for file systems without hard links. */
async function renameIfFree(from: string, to: string): Promise<boolean> {
  if (await exists(to)) return false;
  await rename(from, to);
  return true;
}

/** To another disk: the file appears under its name when the copy is whole. */
async function copyAcross(from: string, to: string): Promise<boolean> {
  const partial = `${to}.${process.pid}.tmp`;
  try {
    await copyFile(from, partial, constants.COPYFILE_EXCL);
    await link(partial, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(partial, { force: true });
  }
  await unlink(from);
  return true;
}
