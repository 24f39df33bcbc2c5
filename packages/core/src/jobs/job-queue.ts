import { HostError } from '@armature/sdk';
import PQueue from 'p-queue';

/** Runs jobs one after the other, in the order they came. */
export class JobQueue {
  readonly #queue = new PQueue({ concurrency: 1 });

  /** @throws HostError JOB_CANCELLED as soon as the signal fires while the job waits; whatever `work` throws. */
  run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const leave = (): void => reject(new HostError('JOB_CANCELLED', {}, { cause: signal.reason }));
      if (signal.aborted) return leave();
      signal.addEventListener('abort', leave, { once: true });
      const begin = async (): Promise<void> => {
        signal.removeEventListener('abort', leave);
        if (!signal.aborted) await Promise.resolve().then(work).then(resolve, reject);
      };
      void this.#queue.add(begin);
    });
  }
}
