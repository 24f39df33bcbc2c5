/** Adds up wall seconds by stage. */
export class StageClock {
  readonly #start = performance.now();
  readonly #seconds = new Map<string, number>();

  async time<T>(stage: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.add(stage, (performance.now() - start) / 1000);
    }
  }

  add(stage: string, seconds: number): void {
    this.#seconds.set(stage, (this.#seconds.get(stage) ?? 0) + seconds);
  }

  /** Seconds by stage, with `total` since the clock was made. */
  report(): Readonly<Record<string, number>> {
    return Object.freeze({ ...Object.fromEntries(this.#seconds), total: (performance.now() - this.#start) / 1000 });
  }
}
