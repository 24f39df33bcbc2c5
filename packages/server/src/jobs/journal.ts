import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HostError } from '@armature/sdk/host';
import { syncFolder, writeDurably } from './durable-files.js';

interface Waiting {
  readonly text: string;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * A file of JSON lines that grows at its end. What `append` has resolved for is on disk (fdatasync); lines that wait while the
 * disk is busy go over together.
 */
export class Journal {
  readonly #path: string;
  #file: FileHandle;
  /** Bytes that are known to be good. */
  #size: number;
  #lines = 0;
  #waiting: Waiting[] = [];
  #working: Promise<void> | undefined;

  private constructor(path: string, file: FileHandle, size: number) {
    this.#path = path;
    this.#file = file;
    this.#size = size;
  }

  /** Begins a new file with these lines in place of what is there. @throws HostError JOBS_UNWRITABLE */
  static async begin(path: string, lines: readonly object[]): Promise<Journal> {
    try {
      const { file, size } = await replaced(path, lines);
      return new Journal(path, file, size);
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  /** Lines since the file was begun. */
  get lines(): number {
    return this.#lines;
  }

  /** @throws HostError JOBS_UNWRITABLE; then nothing of the line stays */
  append(line: object): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ text: `${JSON.stringify(line)}\n`, done, failed });
      this.#working ??= this.#work();
    });
  }

  /** Writes the file anew, after what waits. @throws HostError JOBS_UNWRITABLE; then the old one stays in use */
  async rewrite(lines: () => readonly object[]): Promise<void> {
    while (this.#working) await this.#working;
    let end = (): void => undefined;
    this.#working = new Promise((done) => {
      end = done;
    });
    try {
      const { file, size } = await replaced(this.#path, lines());
      await this.#file.close();
      this.#file = file;
      this.#size = size;
      this.#lines = 0;
    } catch (error) {
      throw unwritable(this.#path, error);
    } finally {
      end();
      this.#working = this.#waiting.length > 0 ? this.#work() : undefined;
    }
  }

  async close(): Promise<void> {
    while (this.#working) await this.#working;
    await this.#file.close();
  }

  async #work(): Promise<void> {
    await undefined;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0);
      try {
        await this.#write(Buffer.from(batch.map(({ text }) => text).join('')));
        this.#lines += batch.length;
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(unwritable(this.#path, error));
      }
    }
    this.#working = undefined;
  }

  async #write(bytes: Buffer): Promise<void> {
    try {
      await this.#file.truncate(this.#size);
      let at = 0;
      while (at < bytes.length) at += (await this.#file.write(bytes, at, bytes.length - at, this.#size + at)).bytesWritten;
      await this.#file.datasync();
      this.#size += bytes.length;
    } catch (error) {
      // Half a line must not stand before the next one.
      await this.#file.truncate(this.#size).catch(() => undefined);
      throw error;
    }
  }
}

async function replaced(path: string, lines: readonly object[]): Promise<{ readonly file: FileHandle; readonly size: number }> {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const draft = `${path}.tmp`;
  try {
    await rm(draft, { force: true });
    await writeDurably(draft, text);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
  return { file: await open(path, 'r+'), size: Buffer.byteLength(text) };
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'permission denied',
};

export function unwritable(path: string, error: unknown): HostError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return new HostError('JOBS_UNWRITABLE', { path, problem: reasons[code] ?? (code || message) }, { cause: error });
}
