import type { Logger } from '@armature/sdk';

/** Keeps back warnings while extensions are loaded: what the author is told with source lines need not be told twice. */
export class DevLog implements Logger {
  readonly #log: Logger;
  #held: string[] | undefined = [];

  constructor(log: Logger) {
    this.#log = log;
  }

  debug(message: string, data?: object): void {
    this.#log.debug(message, data);
  }

  info(message: string, data?: object): void {
    this.#log.info(message, data);
  }

  warn(message: string): void {
    if (this.#held) this.#held.push(message);
    else this.#log.warn(message);
  }

  /** Faults of a job come with its result. */
  error(message: string, data: { readonly job?: unknown } = {}): void {
    if (data.job !== undefined) this.#log.debug(message, data);
    else this.warn(message);
  }

  hold(): void {
    this.#held ??= [];
  }

  /** Writes what was kept back, except for what `told` has in it. */
  release(told: string): void {
    const lines = this.#held ?? [];
    this.#held = undefined;
    for (const line of new Set(lines)) if (!told.includes(line.replace(/^\[[^\]]*\] /, ''))) this.#log.warn(line);
  }
}
