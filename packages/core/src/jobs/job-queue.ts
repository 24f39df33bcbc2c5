import { HostError } from '@armature/sdk';
import PQueue from 'p-queue';

/** Runs jobs one after the other; a waiting job can be taken back by its signal. */
export class JobQueue {
  readonly #queue = new PQueue({ concurrency: 1 });

  /** Jobs waiting or running. */
  get pending(): number {
    return this.#queue.size + this.#queue.pending;
  }

  /** @throws HostError JOB_CANCELLED when the signal fires while the job waits. */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const waiting = new AbortController();
    const leave = (): void => waiting.abort(new HostError('JOB_CANCELLED', {}, { cause: signal.reason }));
    signal.addEventListener('abort', leave, { once: true });
    if (signal.aborted) leave();
    const start = (): Promise<T> => {
      signal.removeEventListener('abort', leave);
      return work();
    };
    return this.#queue.add(start, { signal: waiting.signal });
  }

  /** Resolves when nothing waits or runs. */
  idle(): Promise<void> {
    return this.#queue.onIdle();
  }
}
