import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';

/** A holder that has given no sign for so long is gone. */
const STALE_MS = 30_000;
const BEAT_MS = 2_000;

/**
 * Who writes a copy, so that two processes do not do the same work. It spares work and guards nothing: whoever takes over from
 * a holder that only slept writes to a file of its own.
 */
export class WriteLock {
  readonly #path: string;
  #beaten = Date.now();

  private constructor(path: string) {
    this.#path = path;
  }

  /** undefined: another holds it. @throws errors of the file system */
  static async take(path: string): Promise<WriteLock | undefined> {
    for (let tries = 0; tries < 2; tries++) {
      try {
        await writeFile(path, String(process.pid), { flag: 'wx' });
        return new WriteLock(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      if (await isHeld(path)) return undefined;
      await rm(path, { force: true });
    }
    return undefined;
  }

  /** Says that the holder lives; costs something every few seconds only. */
  async beat(): Promise<void> {
    const now = Date.now();
    if (now - this.#beaten < BEAT_MS) return;
    this.#beaten = now;
    await utimes(this.#path, now / 1000, now / 1000).catch(() => undefined);
  }

  async release(): Promise<void> {
    await rm(this.#path, { force: true }).catch(() => undefined);
  }
}

async function isHeld(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  if (!stats || Date.now() - stats.mtimeMs > STALE_MS) return false;
  const holder = Number(await readFile(path, 'utf8').catch(() => ''));
  // Empty for the moment between its making and the writing of the number.
  return holder === 0 || Number.isNaN(holder) || isRunning(holder);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
