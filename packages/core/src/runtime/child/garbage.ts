import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes of dead array buffers that may wait for V8. */
const BOUND = 4 * 2 ** 20;

/**
 * Collects what tensors leave behind. V8 looks at its own heap, which stays small in this process, and lets tens of MiB of dead array
 * buffers wait for it: in glibc's heap they lie between what lives, and the process keeps every page they ever reached.
 */
export class Garbage {
  readonly #collect: () => void;
  /** Bytes that lived after the last collection; not known until its sweeper, which works beside us, has had a job's time. */
  #living: number | undefined;

  constructor() {
    setFlagsFromString('--expose-gc');
    this.#collect = runInNewContext('gc');
  }

  /** To be called when tensors have been let go. */
  bound(): void {
    const { arrayBuffers } = process.memoryUsage();
    this.#living ??= arrayBuffers;
    if (arrayBuffers - this.#living < BOUND) return;
    this.#collect();
    this.#living = undefined;
  }
}
