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
    try {
      return await this.#queue.add(work, { signal });
    } catch (error) {
      if (signal.aborted && error === signal.reason) throw new HostError('JOB_CANCELLED', {}, { cause: error });
      throw error;
    }
  }

  /** Resolves when nothing waits or runs. */
  idle(): Promise<void> {
    return this.#queue.onIdle();
  }
}
