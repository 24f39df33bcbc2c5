import { link, open, readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HostError } from '@armature/sdk/host';
import { type BeforePlacing, makeFolder, temporaryIn, unwritable, writeTold } from './output-folder.js';
import { portableFolder, portableName } from './portable-name.js';

export interface SaveImageRequest {
  /** Output folder; made when missing. */
  readonly folder: string;
  /** Path below it without extension, `/` between parts; the last part may be empty when it is numbered. */
  readonly name: string;
  readonly extension: string;
  readonly bytes: Uint8Array;
  /** Where the next number of the folder stands: `00012-name` (default), `name-0012`, or nowhere. */
  readonly number?: 'before' | 'after' | 'none';
  /** A taken name without number: the file is replaced, or the next free of `name-1`, `name-2`… is taken (default). */
  readonly taken?: 'replace' | 'suffix';
  /** Told of every file and name before it is there. */
  readonly onSaving?: BeforePlacing | undefined;
}

const ATTEMPTS = 500;

/**
 * Saves a picture so that nobody ever sees half of it: written beside its place, flushed, then given its name. A numbered
 * name that is taken is never overwritten, the next one is tried; several processes may save into one folder. Names are made
 * such that every system takes them, and cut to 255 bytes.
 * @returns the absolute path. @throws HostError PATH_ESCAPES, OUTPUT_UNWRITABLE.
 */
export async function saveImage(request: SaveImageRequest): Promise<string> {
  const { folder, name, extension, bytes, taken = 'suffix' } = request;
  const { home, stem } = placeInside(resolve(folder), name, extension);
  const number = stem === '' ? 'before' : (request.number ?? 'before');
  const temporary = temporaryIn(home);
  try {
    await makeFolder(home);
    const tell = await writeTold(temporary, bytes, request.onSaving);
    if (number === 'none' && taken === 'replace') return await replace(temporary, join(home, portableName(stem, `.${extension}`)), tell);
    const first = number === 'none' ? 0 : await nextNumber(home, number === 'after' ? `${stem}-` : '');
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const path = join(home, fileName(stem, number, first + attempt, extension));
      await tell(path);
      if (await claim(temporary, path)) return path;
    }
    throw new Error(`${ATTEMPTS} names like ${stem}.${extension} are taken`);
  } catch (error) {
    throw unwritable(home, error);
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

function fileName(stem: string, number: SaveImageRequest['number'], count: number, extension: string): string {
  if (number === 'before') return portableName([String(count).padStart(5, '0'), stem].filter(Boolean).join('-'), `.${extension}`);
  const end = number === 'after' ? `-${String(count).padStart(4, '0')}` : count > 0 ? `-${count}` : '';
  return portableName(stem, `${end}.${extension}`);
}

async function replace(temporary: string, path: string, tell: (path: string) => Promise<void>): Promise<string> {
  await tell(path);
  await rename(temporary, path);
  return path;
}

/** Folder and file name of `name` below `folder`. @throws HostError PATH_ESCAPES for one that leads elsewhere. */
function placeInside(folder: string, name: string, extension: string): { readonly home: string; readonly stem: string } {
  const parts = name.split(/[/\\]/);
  const escapes = name.includes('\0') || /^(?:[a-z]:|[/\\])/i.test(name) || parts.includes('..') || !/^[a-z0-9]+$/i.test(extension);
  if (escapes) throw new HostError('PATH_ESCAPES', { path: `${name}.${extension}`, folder });
  return { home: join(folder, ...parts.slice(0, -1).map(portableFolder)), stem: parts.at(-1) ?? '' };
}

/** One more than the highest number that follows `start` in a file name (`get_next_sequence_number`). */
async function nextNumber(folder: string, start: string): Promise<number> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(start)).map((name) => name.slice(start.length));
  const numbers = names.map((name) => /^(\d{1,9})(?=[-.]|$)/.exec(name)?.[1]).filter((digits) => digits !== undefined);
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
