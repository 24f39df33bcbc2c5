import { AsyncLocalStorage } from 'node:async_hooks';
import { HostError } from '@armature/sdk/host';
import { JobSignals } from '../jobs/index.js';

/** A job inside a job inside a job: enough for a script over a two-pass picture over a tile. */
const DEEPEST = 4;

interface LivingJob {
  readonly above: LivingJob | undefined;
  readonly signal: AbortSignal;
  ended: boolean;
}

/** Every job of a host from its call to its end: their signals, who runs inside whom, and the wait for the last of them. */
export class JobRoom {
  readonly #signals = new JobSignals();
  readonly #living = new AsyncLocalStorage<LivingJob>();
  readonly #running = new Set<Promise<unknown>>();

  /** Runs a job that belongs to no other. `within` brings work back into the job when a queue has called it from elsewhere. */
  run<T>(given: AbortSignal | undefined, work: (signal: AbortSignal, within: Within) => Promise<T>): Promise<T> {
    return this.#begin(undefined, [given], work);
  }

  /**
   * Runs a job that an extension asked for. Asked for in a hook, it belongs to the hook's job and is cancelled with it.
   * @throws HostError JOB_NESTED
   */
  async runInside<T>(given: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    let above = this.#living.getStore();
    while (above?.ended) above = above.above;
    let depth = 1;
    for (let job = above; job; job = job.above) if (!job.ended) depth++;
    if (depth > DEEPEST) throw new HostError('JOB_NESTED', { depth, limit: DEEPEST });
    return this.#begin(above, [given, above?.signal], work);
  }

  /** Cancels what runs and waits for its end; nothing runs afterwards. */
  async close(reason: unknown): Promise<void> {
    this.#signals.abortAll(reason);
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
    // Node would hand the store on from promise to promise for as long as the process lives.
    this.#living.disable();
  }

  async #begin<T>(
    above: LivingJob | undefined,
    followed: readonly (AbortSignal | undefined)[],
    work: (signal: AbortSignal, within: Within) => Promise<T>,
  ): Promise<T> {
    const { signal, close } = this.#signals.open(...followed);
    const job: LivingJob = { above, signal, ended: false };
    const within: Within = (inner) => this.#living.run(job, inner);
    const running = within(() => work(signal, within));
    this.#running.add(running);
    try {
      return await running;
    } finally {
      job.ended = true;
      close();
      this.#running.delete(running);
    }
  }
}

export type Within = <T>(inner: () => T) => T;
