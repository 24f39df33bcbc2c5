import { createHash, randomInt, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Host, RequestInput } from '@armature/core';
import type { Logger } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type { FastifyBaseLogger } from 'fastify';
import type { ServerOptions } from '../server-options.js';
import { JobEvents } from './job-events.js';
import { JobStore } from './job-store.js';
import { JobWorker } from './job-worker.js';
import { sameText } from './same-text.js';
import { hasEnded, type StoredJob } from './stored-job.js';
import { sweepDrafts } from './sweep-drafts.js';

export interface Submission {
  /** Pictures in base64. */
  readonly request: RequestInput;
  readonly priority: number;
  readonly save: boolean;
  readonly key: string | undefined;
  readonly client: string;
}

export interface JobsParts {
  readonly host: Host;
  readonly options: ServerOptions;
  readonly log: Logger;
  /** A line for each job that has ended. */
  readonly audit: FastifyBaseLogger;
}

/** Jobs that survive the process: accepted, made one after the other, watched, cancelled, kept for a while. */
export class Jobs {
  readonly events = new JobEvents();
  readonly #parts: JobsParts;
  readonly #store: JobStore;
  readonly #worker: JobWorker;
  readonly #retiring: NodeJS.Timeout;
  #closing: Promise<void> | undefined;

  private constructor(store: JobStore, parts: JobsParts) {
    const { host, options, log, audit } = parts;
    this.#parts = parts;
    this.#store = store;
    this.#worker = new JobWorker({ host, store, events: this.events, out: options.out, attempts: options.attempts, log, audit });
    this.#retiring = setInterval(() => void store.retire(), 600_000).unref();
  }

  /** Takes the data folder of the host and goes on with what waits there. @throws HostError JOBS_LOCKED, JOBS_UNWRITABLE */
  static async open(parts: JobsParts): Promise<Jobs> {
    const { host, options, log } = parts;
    const { attempts, keepCount, keepHours } = options;
    const store = await JobStore.open(join(host.data, 'jobs'), { attempts, keepCount, keepHours }, log);
    for (const folder of [host.data, ...(options.out === undefined ? [] : [options.out])]) await sweepDrafts(folder);
    return new Jobs(store, parts);
  }

  /**
   * Accepts a job; when this resolves it is on disk. The same key and request give the same job.
   * @throws HostError JOBS_FULL, JOB_KEY_TAKEN, JOBS_UNWRITABLE, SERVER_CLOSING, and what `host.check` throws
   */
  async submit({ request, priority, save, key, client }: Submission): Promise<{ readonly job: StoredJob; readonly isNew: boolean }> {
    const { host, options } = this.#parts;
    if (this.#closing) throw new HostError('SERVER_CLOSING');
    const digest = createHash('sha256').update(sameText({ request, priority, save })).digest('hex');
    const before = await this.#withKey(key, digest);
    if (before) return { job: before, isNew: false };
    if (save && options.out === undefined) {
      throw new HostError('REQUEST_INVALID', { field: 'save', problem: 'this server has no output folder', seen: 'true' });
    }
    await host.check(request);
    // Checking takes a while: another request may have brought the same key.
    const meanwhile = await this.#withKey(key, digest);
    if (meanwhile) return { job: meanwhile, isNew: false };
    this.#assertRoom();
    const job = await this.#store.accept(
      {
        id: randomUUID(),
        priority,
        route: request.init ? 'img2img' : 'txt2img',
        prompt: request.prompt.slice(0, 200),
        client,
        digest,
        save,
        ...(key !== undefined && { key }),
      },
      { request: withSeeds(request), settings: host.settings() },
    );
    this.events.tell(job, 'queued', { priority });
    this.#worker.wake();
    return { job, isNew: true };
  }

  /** @throws HostError JOB_UNKNOWN */
  get(id: string): StoredJob {
    const job = this.#store.get(id);
    if (!job) throw new HostError('JOB_UNKNOWN', { id: id.slice(0, 80) });
    return job;
  }

  all(): readonly StoredJob[] {
    return this.#store.all();
  }

  /** Stops a job, whether it waits or runs; one that has ended stays as it is. @throws HostError JOB_UNKNOWN, JOBS_UNWRITABLE */
  async cancel(id: string): Promise<StoredJob> {
    const job = this.get(id);
    if (hasEnded(job)) return job;
    await this.#store.cancelling(id);
    if (!this.#worker.cancel(id) && !hasEnded(this.get(id))) {
      await this.#store.end(id, { status: 'cancelled' });
      this.events.tell(job, 'end', { status: 'cancelled' });
    }
    return this.get(id);
  }

  /** Folder of a finished job's result. @throws HostError JOB_UNKNOWN, JOB_UNFINISHED */
  resultFolder(id: string): string {
    const { status, error } = this.get(id);
    if (status === 'done') return this.#store.resultFolder(id);
    throw new HostError('JOB_UNFINISHED', { id, status, more: error ? `: ${error.message.replace(/\.$/, '')}` : '' });
  }

  /** Takes no more jobs; the one at work may end, or goes back to the queue. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#retiring);
    await this.#worker.stop(this.#parts.options.grace);
    await this.#store.close();
  }

  async #withKey(key: string | undefined, digest: string): Promise<StoredJob | undefined> {
    const job = key === undefined ? undefined : await this.#store.withKey(key);
    if (job && job.digest !== digest) throw new HostError('JOB_KEY_TAKEN', { key: key?.slice(0, 80), id: job.id });
    return job;
  }

  #assertRoom(): void {
    const waiting = this.#store.waiting + this.#store.arriving;
    if (waiting < this.#parts.options.waitingJobs) return;
    throw new HostError('JOBS_FULL', { waiting, seconds: Math.max(1, Math.ceil(this.#worker.meanSeconds)) });
  }
}

/** A seed that is drawn now is the same in every attempt. The reference draws 0…2³²−3. */
function withSeeds(request: RequestInput): RequestInput {
  const drawn = (seed: number | undefined): number => (seed === undefined || seed === -1 ? randomInt(2 ** 32 - 2) : seed);
  return { ...request, seed: drawn(request.seed), subseed: drawn(request.subseed) };
}
