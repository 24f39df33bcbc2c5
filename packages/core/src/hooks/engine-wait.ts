import { AsyncLocalStorage } from 'node:async_hooks';

/** The time of one call of a tap: while it waits for the engine, it is not its own. */
export class TapTime {
  readonly #start = performance.now();
  #waits = 0;
  #since = 0;
  #waited = 0;
  #paused: ((paused: boolean) => void) | undefined;

  /** Milliseconds the tap has taken itself. */
  get own(): number {
    const waiting = this.#waits > 0 ? performance.now() - this.#since : 0;
    return performance.now() - this.#start - this.#waited - waiting;
  }

  /** Told when a wait begins and ends; also at once, where one has begun. */
  watch(paused: (paused: boolean) => void): void {
    this.#paused = paused;
    if (this.#waits > 0) paused(true);
  }

  begin(): void {
    if (this.#waits++ > 0) return;
    this.#since = performance.now();
    this.#paused?.(true);
  }

  end(): void {
    if (--this.#waits > 0) return;
    this.#waited += performance.now() - this.#since;
    this.#paused?.(false);
  }
}

const speaking = new AsyncLocalStorage<TapTime>();

/** Runs an extension's code on a clock of its own. */
export const onTapTime = <T>(time: TapTime, code: () => T): T => speaking.run(time, code);

/** Work of the engine that an extension has asked for: a tap that waits for it does not hang. */
export async function onEngineTime<T>(work: () => Promise<T>): Promise<T> {
  const time = speaking.getStore();
  if (!time) return work();
  time.begin();
  try {
    return await work();
  } finally {
    time.end();
  }
}
