import type { JobLine } from './job-line.js';
import { hasEnded, type StoredJob } from './stored-job.js';

/** What the journal's lines add up to. */
export class JobBook {
  readonly #jobs = new Map<string, StoredJob>();
  readonly #keys = new Map<string, string>();
  #waiting = 0;
  #highest = 0;

  /** What is said of a job that is gone says nothing. */
  apply(line: JobLine): void {
    const job = line.line === 'job' ? line.job : this.#jobs.get(line.id);
    if (!job) return;
    if (line.line === 'removed') this.#remove(job);
    else this.#set(line.line === 'job' ? job : changed(job, line));
  }

  get(id: string): StoredJob | undefined {
    return this.#jobs.get(id);
  }

  withKey(key: string): StoredJob | undefined {
    return this.#jobs.get(this.#keys.get(key) ?? '');
  }

  /** In order of acceptance. */
  all(): readonly StoredJob[] {
    return [...this.#jobs.values()];
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Number of the next job. */
  get nextNumber(): number {
    return this.#highest + 1;
  }

  /** The one whose turn it is: highest priority first, then who came first. One that is being cancelled has none. */
  next(): StoredJob | undefined {
    let best: StoredJob | undefined;
    for (const job of this.#jobs.values()) {
      if (job.status !== 'queued' || job.cancelling) continue;
      if (!best || job.priority > best.priority || (job.priority === best.priority && job.number < best.number)) best = job;
    }
    return best;
  }

  #set(job: StoredJob): void {
    this.#count(job, this.#jobs.get(job.id));
    this.#jobs.set(job.id, Object.freeze(job));
    if (job.key !== undefined) this.#keys.set(job.key, job.id);
    this.#highest = Math.max(this.#highest, job.number);
  }

  #remove(job: StoredJob): void {
    this.#count(undefined, job);
    this.#jobs.delete(job.id);
    if (job.key !== undefined) this.#keys.delete(job.key);
  }

  #count(now: StoredJob | undefined, before: StoredJob | undefined): void {
    this.#waiting += Number(now?.status === 'queued') - Number(before?.status === 'queued');
  }
}

type Change = Exclude<JobLine, { line: 'job' | 'removed' }>;

function changed(job: StoredJob, line: Change): StoredJob {
  switch (line.line) {
    case 'started':
      return { ...job, status: 'running', attempts: job.attempts + 1, startedAt: line.at, files: [] };
    case 'saving':
      return { ...job, files: [...job.files, { path: line.path, digest: line.digest, inode: line.inode }] };
    case 'cancelling':
      return { ...job, cancelling: true };
    case 'requeued':
      return hasEnded(job) ? job : { ...job, status: 'queued', attempts: line.attempts, files: [] };
    case 'ended':
      return hasEnded(job)
        ? job
        : { ...job, status: line.status, endedAt: line.at, images: line.images, error: line.error, files: [], request: undefined };
  }
}
