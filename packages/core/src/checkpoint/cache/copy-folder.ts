import { createHash } from 'node:crypto';
import { readdir, rm, stat, statfs, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** A copy as it lies in the folder. */
export interface StoredCopy {
  readonly path: string;
  readonly bytes: number;
  /** When a session last began to read it, milliseconds since 1970. */
  readonly used: number;
}

/** Belongs to the name: copies of another layout are never looked at, and go as the least recently used. */
const LAYOUT = 1;
const EXTENSION = '.f32.safetensors';
/** A writer that has not touched its file for so long is gone. */
const ABANDONED_MS = 10 * 60_000;
/** Left free on the disk for everyone else. */
const SPARE_BYTES = 2 ** 30;

/** The copies in the application's data folder. Every process that uses it may add and remove some at any time. */
export class CopyFolder {
  readonly path: string;
  readonly #limitBytes: number;

  constructor(path: string, limitBytes: number) {
    this.path = path;
    this.#limitBytes = limitBytes;
  }

  /** The file of one state of a weights file. */
  fileOf(weightsId: string): string {
    return join(this.path, `${createHash('sha256').update(`${LAYOUT}|${weightsId}`).digest('hex').slice(0, 32)}${EXTENSION}`);
  }

  /** Least recently used first; empty when there is no folder. */
  async list(): Promise<readonly StoredCopy[]> {
    const names = (await this.#names()).filter((name) => name.endsWith(EXTENSION));
    const copies = await Promise.all(names.map((name) => describe(join(this.path, name))));
    return copies.filter((copy) => copy !== undefined).sort((a, b) => a.used - b.used);
  }

  /** The time of use is the file's own. */
  async touch(path: string): Promise<void> {
    const now = new Date();
    await utimes(path, now, now).catch(() => undefined);
  }

  /**
   * Removes copies until `bytes` more fit under the limit and on the disk. A session that still reads one keeps it until it is
   * freed (Windows: the copy stays). @returns why there is no room; undefined: there is
   */
  async makeRoom(bytes: number): Promise<string | undefined> {
    await this.#sweep();
    if (bytes > this.#limitBytes) return `it needs ${mebibytes(bytes)} MiB, the limit is ${mebibytes(this.#limitBytes)} MiB`;
    for (;;) {
      const copies = await this.list();
      const kept = copies.reduce((sum, copy) => sum + copy.bytes, 0);
      const free = await this.#freeBytes();
      if (kept + bytes <= this.#limitBytes && bytes + SPARE_BYTES <= free) return undefined;
      if (!copies[0]) return `it needs ${mebibytes(bytes + SPARE_BYTES)} MiB of the disk, ${mebibytes(free)} MiB are free`;
      if (!(await removed(copies[0].path))) return `${copies[0].path} cannot be removed to make room`;
    }
  }

  /** Removes every copy. @returns those that are gone */
  async clear(): Promise<readonly StoredCopy[]> {
    const copies = await this.list();
    const gone = await Promise.all(copies.map(({ path }) => removed(path)));
    await this.#sweep();
    return copies.filter((_, at) => gone[at]);
  }

  async #names(): Promise<readonly string[]> {
    return readdir(this.path).catch(() => []);
  }

  /** Parts and locks of writers that were killed. */
  async #sweep(): Promise<void> {
    for (const name of await this.#names()) {
      if (!/\.(?:part|lock)$/.test(name)) continue;
      const path = join(this.path, name);
      const found = await describe(path);
      if (found && Date.now() - found.used > ABANDONED_MS) await removed(path);
    }
  }

  async #freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.path);
    return bavail * bsize;
  }
}

async function describe(path: string): Promise<StoredCopy | undefined> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isFile() ? { path, bytes: stats.size, used: stats.mtimeMs } : undefined;
}

const removed = (path: string): Promise<boolean> =>
  rm(path, { force: true }).then(
    () => true,
    () => false,
  );

const mebibytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20);
