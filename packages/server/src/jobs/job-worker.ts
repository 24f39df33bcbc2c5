import type { Host, JobProgress } from '@armature/core';
import { isHostError, type Logger } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type { FastifyBaseLogger } from 'fastify';
import type { JobEvents } from './job-events.js';
import type { JobEnd, JobStore } from './job-store.js';
import { progressTeller } from './progress-teller.js';
import { hasEnded, type StoredJob } from './stored-job.js';
import { writeResult } from './write-result.js';

export interface WorkerParts {
  readonly host: Host;
  readonly store: JobStore;
  readonly events: JobEvents;
  readonly out: string | undefined;
  readonly attempts: number;
  readonly log: Logger;
  readonly audit: FastifyBaseLogger;
}

/** The runtime process went away: nothing says that the job was to blame, so it may try again. */
const passing: ReadonlySet<string> = new Set(['RUNTIME_DIED', 'RUNTIME_STUCK', 'RUNTIME_START', 'HANDLE_STALE']);

/** Milliseconds until a full disk is tried again. */
const pause = 5000;

/** Makes the stored jobs, one after the other. */
export class JobWorker {
  readonly #parts: WorkerParts;
  #running: { readonly id: string; readonly abort: AbortController } | undefined;
  #stopping = false;
  #wake = (): void => undefined;
  readonly #loop: Promise<void>;
  /** Mean of the latest jobs, seconds. */
  #mean = 1;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.#loop = this.#work();
  }

  /** Seconds a job takes, as far as is known. */
  get meanSeconds(): number {
    return this.#mean;
  }

  wake(): void {
    this.#wake();
  }

  /** Stops the job if it runs. */
  cancel(id: string): boolean {
    if (this.#running?.id !== id) return false;
    this.#running.abort.abort();
    return true;
  }

  /** Begins no job any more; the one at work may end within `grace` seconds, then it goes back to the queue. */
  async stop(grace: number): Promise<void> {
    this.#stopping = true;
    this.#wake();
    const timer = setTimeout(() => this.#running?.abort.abort(), grace * 1000);
    await this.#loop;
    clearTimeout(timer);
  }

  async #work(): Promise<void> {
    await undefined;
    while (!this.#stopping) {
      const job = this.#parts.store.next();
      if (!job) await this.#idle();
      else {
        const goOn = await this.#attempt(job);
        await this.#endCancelled(job);
        if (!goOn) await this.#idle(pause);
      }
    }
  }

  /** One that was cancelled on its way back to the queue. */
  async #endCancelled(job: StoredJob): Promise<void> {
    const now = this.#parts.store.get(job.id);
    if (now?.cancelling && !hasEnded(now)) await this.#end(job, { status: 'cancelled' }, performance.now());
  }

  #idle(milliseconds?: number): Promise<void> {
    return new Promise((done) => {
      const timer = milliseconds === undefined ? undefined : setTimeout(done, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }

  /** @returns false when the next had better wait: the disk takes nothing, or the host is gone */
  async #attempt(job: StoredJob): Promise<boolean> {
    const abort = new AbortController();
    this.#running = { id: job.id, abort };
    const began = performance.now();
    try {
      const end = await this.#run(job, abort.signal);
      if (!end) {
        await this.#requeue(job, job.attempts);
        return this.#stopping;
      }
      await this.#end(job, end, began);
      return true;
    } catch (error) {
      return this.#failed(job, error, began);
    } finally {
      this.#running = undefined;
    }
  }

  /** @returns how it ended; undefined: something else than its client stopped it */
  async #run(job: StoredJob, signal: AbortSignal): Promise<JobEnd | undefined> {
    const { host, store, events, out } = this.#parts;
    const { request, settings } = await store.request(job.id);
    const teller = progressTeller(events, job);
    const folder = job.save ? out : undefined;
    const result = await host.txt2img(
      { ...request, settings: { ...changedSettings(settings, host.settings()), ...request.settings } },
      {
        signal,
        onProgress: (progress: JobProgress) => teller(progress),
        onStart: async () => {
          await store.started(job.id);
          events.tell(job, 'started', { attempt: job.attempts + 1 });
        },
        onSaving: (file) => store.saving(job.id, file),
        ...(folder !== undefined && { out: folder }),
      },
    );
    if (result.status === 'cancelled') return store.get(job.id)?.cancelling ? { status: 'cancelled' } : undefined;
    const { images, faults } = await this.#written(job, result, folder);
    for (const fault of faults) events.tell(job, 'fault', { ...fault });
    return { status: 'done', images: images.length };
  }

  async #written(job: StoredJob, result: Parameters<typeof writeResult>[1], folder: string | undefined): ReturnType<typeof writeResult> {
    const path = this.#parts.store.resultFolder(job.id);
    try {
      return await writeResult(path, result, folder);
    } catch (error) {
      throw new HostError('OUTPUT_UNWRITABLE', { path, problem: (error as Error).message }, { cause: error });
    }
  }

  async #failed(job: StoredJob, error: unknown, began: number): Promise<boolean> {
    const { store, attempts, log } = this.#parts;
    const code = isHostError(error) ? error.code : 'INTERNAL';
    const tried = store.get(job.id)?.attempts ?? 0;
    if (code === 'JOBS_UNWRITABLE' || code === 'HOST_DISPOSED') {
      await this.#requeue(job, job.attempts);
      return false;
    }
    if (store.get(job.id)?.cancelling) {
      await this.#end(job, { status: 'cancelled' }, began);
      return true;
    }
    if (passing.has(code) && tried < attempts) {
      log.warn(`job ${job.id} waits again after attempt ${tried}: ${(error as Error).message}`);
      await this.#requeue(job, tried);
      return true;
    }
    if (code === 'INTERNAL') log.error(`job ${job.id} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    await this.#end(job, { status: 'failed', error: passing.has(code) ? tooOften(tried, code) : problemOf(error) }, began);
    return true;
  }

  async #requeue(job: StoredJob, attempts: number): Promise<void> {
    await this.#parts.store.requeue(job.id, attempts);
    this.#parts.events.tell(job, 'requeued', { attempts });
  }

  async #end(job: StoredJob, end: JobEnd, began: number): Promise<void> {
    const { store, events, audit } = this.#parts;
    await store.end(job.id, end);
    const seconds = (performance.now() - began) / 1000;
    this.#mean = this.#mean * 0.8 + seconds * 0.2;
    events.tell(job, 'end', { ...end });
    const { client, route } = job;
    audit.info({ job: job.id, client, route, seconds: Number(seconds.toFixed(3)), status: end.status, code: end.error?.code }, 'job ended');
  }
}

/** What of the options at acceptance is another by now: the job is made with those it was accepted with. */
function changedSettings(then: Readonly<Record<string, unknown>>, now: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(then).filter(([name, value]) => name in now && JSON.stringify(value) !== JSON.stringify(now[name])),
  );
}

const tooOften = (attempts: number, problem: string): JobEnd['error'] => problemOf(new HostError('JOB_ATTEMPTS', { attempts, problem }));

function problemOf(error: unknown): NonNullable<JobEnd['error']> {
  if (isHostError(error)) return { code: error.code, message: error.message };
  return { code: 'INTERNAL', message: 'The server failed. Its log tells more.' };
}
