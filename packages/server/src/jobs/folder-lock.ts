import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { HostError } from '@armature/sdk/host';
import { z } from 'zod';
import { isAlive } from './is-alive.js';
import { unwritable } from './journal.js';

const holderSchema = z.object({ pid: z.int(), started: z.string(), machine: z.string() });
type Holder = z.output<typeof holderSchema>;

/** A holder on another machine (a container that is gone) counts as dead when its sign of life is this old, milliseconds. */
const silence = 30_000;
const beat = 5000;

/** One server works on a folder at a time. The lock of a process that was killed is taken over. */
export class FolderLock {
  readonly #path: string;
  readonly #beat: NodeJS.Timeout;

  private constructor(path: string) {
    this.#path = path;
    const touch = (): void => void utimes(path, new Date(), new Date()).catch(() => undefined);
    this.#beat = setInterval(touch, beat).unref();
  }

  /** @throws HostError JOBS_LOCKED, JOBS_UNWRITABLE */
  static async take(folder: string): Promise<FolderLock> {
    const path = join(folder, 'lock');
    const draft = `${path}.${process.pid}-${randomBytes(6).toString('hex')}`;
    try {
      await writeFile(draft, JSON.stringify({ pid: process.pid, started: await startOf(process.pid), machine: hostname() }));
      for (let attempt = 0; attempt < 20; attempt++) {
        if (await linked(draft, path)) return new FolderLock(path);
        await clearStale(folder, path);
      }
      throw new HostError('JOBS_LOCKED', { folder, holder: 'it changes hands' });
    } catch (error) {
      throw error instanceof HostError ? error : unwritable(path, error);
    } finally {
      await rm(draft, { force: true });
    }
  }

  async release(): Promise<void> {
    clearInterval(this.#beat);
    await rm(this.#path, { force: true });
  }
}

async function linked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code === 'ENOSPC') throw error;
    // No hard links here: the same, but for a moment in which the lock is empty.
    return writeFile(path, await readFile(draft), { flag: 'wx' }).then(
      () => true,
      (failure: NodeJS.ErrnoException) => {
        if (failure.code === 'EEXIST') return false;
        throw failure;
      },
    );
  }
}

/** Takes a dead process's lock away. @throws HostError JOBS_LOCKED for one that lives */
async function clearStale(folder: string, path: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const holder = readHolder(text);
  if (holder ? await lives(holder, path) : await isFresh(path)) {
    throw new HostError('JOBS_LOCKED', { folder, holder: holder ? `process ${holder.pid} on ${holder.machine}` : 'it just starts' });
  }
  const taken = `${path}.stale-${randomBytes(6).toString('hex')}`;
  await rename(path, taken).catch(() => undefined);
  // Another server may have taken it over in between: then this is that one's, and it gets it back.
  const moved = await readFile(taken, 'utf8').catch(() => undefined);
  if (moved !== undefined && moved !== text) await link(taken, path).catch(() => undefined);
  await rm(taken, { force: true });
}

function readHolder(text: string): Holder | undefined {
  try {
    return holderSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

async function lives({ pid, started, machine }: Holder, path: string): Promise<boolean> {
  if (machine !== hostname()) return isFresh(path);
  return isAlive(pid) && (await startOf(pid)) === started;
}

const isFresh = async (path: string): Promise<boolean> => {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs < silence;
};

/** When a process began, in the system's own count: numbers of processes come again. Empty where the system does not say. */
async function startOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
