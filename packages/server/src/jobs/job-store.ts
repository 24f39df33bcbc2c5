import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SavingFile } from '@armature/core';
import type { Logger } from '@armature/sdk';
import { discardFiles } from './discard-files.js';
import { FolderLock } from './folder-lock.js';
import type { JobBook } from './job-book.js';
import type { JobLine } from './job-line.js';
import { Journal, unwritable } from './journal.js';
import { recoverJobs } from './recover-jobs.js';
import { RequestShelf } from './request-shelf.js';
import { hasEnded, type JobStatus, type StoredJob } from './stored-job.js';
import type { StoredRequest } from './stored-request.js';

export interface JobLimits {
  /** Attempts of a job whose process dies. */
  readonly attempts: number;
  /** Ended jobs that are kept. */
  readonly keepCount: number;
  /** Hours an ended job is kept. */
  readonly keepHours: number;
}

export type NewJob = Pick<StoredJob, 'id' | 'priority' | 'route' | 'prompt' | 'client' | 'key' | 'digest' | 'save'>;
export type JobEnd = { readonly status: Exclude<JobStatus, 'queued' | 'running'> } & Pick<StoredJob, 'images' | 'error'>;

/** Lines after which the journal is written anew. */
const longest = 20_000;

/**
 * The jobs of a data folder: what was accepted is on disk and survives the process. One store works on a folder at a time.
 * A store on a server of its own (Redis) would be another class with these methods.
 */
export class JobStore {
  readonly folder: string;
  readonly #requests: RequestShelf;
  readonly #book: JobBook;
  readonly #journal: Journal;
  readonly #lock: FolderLock;
  readonly #limits: JobLimits;
  readonly #log: Logger;
  /** Keys of jobs that are about to be accepted. */
  readonly #accepting = new Map<string, Promise<StoredJob>>();
  /** The journal lacks something the book has. */
  #behind = false;
  #retiring = false;
  #retireAgain = false;

  private constructor(folder: string, parts: { book: JobBook; journal: Journal; lock: FolderLock; limits: JobLimits; log: Logger }) {
    this.folder = folder;
    this.#requests = new RequestShelf(join(folder, 'requests'));
    this.#book = parts.book;
    this.#journal = parts.journal;
    this.#lock = parts.lock;
    this.#limits = parts.limits;
    this.#log = parts.log;
  }

  /** Replays the journal, undoes what interrupted attempts left, and writes it anew. @throws HostError JOBS_LOCKED, JOBS_UNWRITABLE */
  static async open(folder: string, limits: JobLimits, log: Logger): Promise<JobStore> {
    await makeFolders(folder);
    const lock = await FolderLock.take(folder);
    try {
      const book = await recoverJobs(folder, limits.attempts, log);
      const journal = await Journal.begin(join(folder, 'journal.jsonl'), linesOf(book));
      const store = new JobStore(folder, { book, journal, lock, limits, log });
      await store.retire();
      return store;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  get waiting(): number {
    return this.#book.waiting;
  }

  get(id: string): StoredJob | undefined {
    return this.#book.get(id);
  }

  all(): readonly StoredJob[] {
    return this.#book.all();
  }

  next(): StoredJob | undefined {
    return this.#book.next();
  }

  /** The job that has this key, also one that is just being accepted. */
  async withKey(key: string): Promise<StoredJob | undefined> {
    return (await this.#accepting.get(key)?.catch(() => undefined)) ?? this.#book.withKey(key);
  }

  /** Jobs that were promised to someone and are not on disk yet. */
  get arriving(): number {
    return this.#accepting.size;
  }

  /** Durable once it resolves. @throws HostError JOBS_UNWRITABLE; then nothing of it stays */
  accept(job: NewJob, request: StoredRequest): Promise<StoredJob> {
    const mark = job.key ?? job.id;
    const accepted = this.#accept(job, request).finally(() => this.#accepting.delete(mark));
    this.#accepting.set(mark, accepted);
    return accepted;
  }

  /** @throws HostError INTERNAL when it is not there or broken */
  async request(id: string): Promise<StoredRequest> {
    return (this.#book.get(id)?.request as StoredRequest | undefined) ?? this.#requests.get(id);
  }

  started(id: string): Promise<void> {
    return this.#write({ line: 'started', id, at: Date.now() });
  }

  saving(id: string, { path, digest, inode }: SavingFile): Promise<void> {
    return this.#write({ line: 'saving', id, path, digest, ...(inode !== undefined && { inode }) });
  }

  cancelling(id: string): Promise<void> {
    return this.#write({ line: 'cancelling', id });
  }

  /** The attempt at work is undone and the job waits again; `attempts` are those that count. */
  async requeue(id: string, attempts: number): Promise<void> {
    await discardFiles(this.#book.get(id)?.files ?? []);
    await rm(this.resultFolder(id), { recursive: true, force: true });
    await this.#note({ line: 'requeued', id, attempts });
  }

  /** A job that is not done leaves no file. A disk that cannot take the line is no reason to hold the job's end back. */
  async end(id: string, { status, images, error }: JobEnd): Promise<void> {
    if (status !== 'done') {
      await discardFiles(this.#book.get(id)?.files ?? []);
      await rm(this.resultFolder(id), { recursive: true, force: true });
    }
    await this.#note({ line: 'ended', id, status, at: Date.now(), ...(images !== undefined && { images }), ...(error && { error }) });
    await this.#requests.remove(id);
    await this.retire();
  }

  resultFolder(id: string): string {
    return join(this.folder, 'results', id);
  }

  /** Forgets ended jobs that are too many or too old, with their results. */
  async retire(): Promise<void> {
    this.#retireAgain = true;
    if (this.#retiring) return;
    this.#retiring = true;
    try {
      while (this.#retireAgain) {
        this.#retireAgain = false;
        await this.#retire();
      }
    } finally {
      this.#retiring = false;
    }
  }

  async #retire(): Promise<void> {
    const ended = this.#book.all().filter(hasEnded);
    ended.sort((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0));
    const oldest = Date.now() - this.#limits.keepHours * 3_600_000;
    const over = ended.filter((job, index) => index >= this.#limits.keepCount || (job.endedAt ?? 0) < oldest);
    for (const { id } of over) {
      await this.#note({ line: 'removed', id });
      await rm(this.resultFolder(id), { recursive: true, force: true });
    }
    if (this.#journal.lines > longest)
      await this.#journal.rewrite(() => linesOf(this.#book)).catch((error) => this.#log.warn(String(error)));
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#accepting.values());
    await this.#journal.close();
    await this.#lock.release();
  }

  async #accept(given: NewJob, request: StoredRequest): Promise<StoredJob> {
    const inline = await this.#requests.put(given.id, request);
    const job: StoredJob = {
      ...given,
      ...(inline && { request }),
      number: this.#book.nextNumber,
      status: 'queued',
      attempts: 0,
      cancelling: false,
      acceptedAt: Date.now(),
      files: [],
    };
    // It has its number at once; a line that cannot be written takes it back.
    this.#book.apply({ line: 'job', job: { ...job, status: 'running' } });
    try {
      await this.#append({ line: 'job', job });
    } catch (error) {
      this.#book.apply({ line: 'removed', id: job.id });
      this.#behind = true;
      await this.#requests.remove(given.id);
      throw error;
    }
    this.#book.apply({ line: 'job', job });
    return job;
  }

  /** On disk first, then in the book. */
  async #write(line: JobLine): Promise<void> {
    await this.#append(line);
    this.#book.apply(line);
  }

  /** In the book whatever the disk says; what it could not take goes over with the next line. */
  async #note(line: JobLine): Promise<void> {
    try {
      await this.#append(line);
    } catch (error) {
      this.#behind = true;
      this.#log.error(String(error));
    }
    this.#book.apply(line);
  }

  async #append(line: JobLine): Promise<void> {
    if (this.#behind) {
      await this.#journal.rewrite(() => linesOf(this.#book));
      this.#behind = false;
    }
    await this.#journal.append(line);
  }
}

const linesOf = (book: JobBook): readonly JobLine[] => book.all().map((job) => ({ line: 'job', job }));

async function makeFolders(folder: string): Promise<void> {
  try {
    for (const name of ['requests', 'results']) await mkdir(join(folder, name), { recursive: true });
  } catch (error) {
    throw unwritable(folder, error);
  }
}
