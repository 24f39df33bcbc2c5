import { HostError } from '@armature/sdk/host';

/** Runs jobs one after the other, in the order they came. Of a job that has ended or left it keeps nothing. */
export class JobQueue {
  readonly #waiting = new Set<() => void>();
  #busy = false;

  /** @throws HostError JOB_CANCELLED as soon as the signal fires while the job waits; whatever `work` throws. */
  run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        signal.removeEventListener('abort', leave);
        const next = (): void => this.#next();
        void Promise.resolve().then(work).then(resolve, reject).then(next);
      };
      const leave = (): void => {
        this.#waiting.delete(begin);
        reject(new HostError('JOB_CANCELLED', {}, { cause: signal.reason }));
      };
      if (signal.aborted) return leave();
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.add(begin);
      if (!this.#busy) this.#next();
    });
  }

  #next(): void {
    const [begin] = this.#waiting;
    this.#busy = begin !== undefined;
    if (!begin) return;
    this.#waiting.delete(begin);
    begin();
  }
}
