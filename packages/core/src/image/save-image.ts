import { link, open, readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HostError } from '@armature/sdk';
import { makeFolder, temporaryIn, unwritable, writeFlushed } from './output-folder.js';

export interface SaveImageRequest {
  /** Output folder; made when missing. */
  readonly folder: string;
  /** Path below it without extension, `/` between parts; the last part may be empty when it is numbered. */
  readonly name: string;
  readonly extension: string;
  readonly bytes: Uint8Array;
  /** Puts the next number of the folder before the name, `00012-` (the webui's `save_images_add_number`). Default: true. */
  readonly numbered?: boolean;
}

const ATTEMPTS = 500;

/**
 * Saves a picture so that nobody ever sees half of it: written beside its place, flushed, then given its name. A taken
 * name is never overwritten, the next one is tried; several processes may save into one folder.
 * @returns the absolute path. @throws HostError PATH_ESCAPES, OUTPUT_UNWRITABLE.
 */
export async function saveImage({ folder, name, extension, bytes, numbered = true }: SaveImageRequest): Promise<string> {
  const { home, stem } = placeInside(resolve(folder), name, extension);
  const temporary = temporaryIn(home);
  const isNumbered = numbered || stem === '';
  try {
    await makeFolder(home);
    await writeFlushed(temporary, bytes);
    const first = isNumbered ? await nextNumber(home) : 0;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const label = isNumbered ? numberedName(first + attempt, stem) : attempt === 0 ? stem : `${stem}-${attempt}`;
      const path = join(home, `${label}.${extension}`);
      if (await claim(temporary, path)) return path;
    }
    throw new Error(`${ATTEMPTS} names like ${stem}.${extension} are taken`);
  } catch (error) {
    throw unwritable(home, error);
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

const numberedName = (number: number, stem: string): string => [String(number).padStart(5, '0'), stem].filter(Boolean).join('-');

/** Folder and file name of `name` below `folder`. @throws HostError PATH_ESCAPES for one that leads elsewhere. */
function placeInside(folder: string, name: string, extension: string): { readonly home: string; readonly stem: string } {
  const parts = name.split(/[/\\]/);
  const escapes = name.includes('\0') || /^(?:[a-z]:|[/\\])/i.test(name) || parts.includes('..') || !/^[a-z0-9]+$/i.test(extension);
  if (escapes) throw new HostError('PATH_ESCAPES', { path: `${name}.${extension}`, folder });
  return { home: join(folder, ...parts.slice(0, -1)), stem: parts.at(-1) ?? '' };
}

/** One more than the highest number a file name begins with (`get_next_sequence_number`). */
async function nextNumber(folder: string): Promise<number> {
  const numbers = (await readdir(folder)).map((name) => /^(\d{1,9})(?=[-.])/.exec(name)?.[1]).filter((digits) => digits !== undefined);
  return numbers.reduce((highest, digits) => Math.max(highest, Number(digits)), -1) + 1;
}

/** Gives the finished file its name, unless that is taken. */
async function claim(temporary: string, path: string): Promise<boolean> {
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL'].includes(code ?? '')) throw error;
  }
  return claimByReservation(temporary, path);
}

/** Without hard links (FAT, some network disks): an empty file holds the name until the finished one replaces it. */
async function claimByReservation(temporary: string, path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx')).close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  await rename(temporary, path);
  return true;
}
