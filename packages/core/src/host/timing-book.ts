import type { ExtensionTiming } from '../api/index.js';

/** Adds up what extensions took, by extension and hook. */
export class TimingBook {
  readonly #rows = new Map<string, ExtensionTiming>();

  add(timings: readonly ExtensionTiming[]): void {
    for (const { extension, hook, calls, milliseconds } of timings) {
      const key = JSON.stringify([extension, hook]);
      const before = this.#rows.get(key);
      const sum = { calls: calls + (before?.calls ?? 0), milliseconds: milliseconds + (before?.milliseconds ?? 0) };
      this.#rows.set(key, Object.freeze({ extension, hook, ...sum }));
    }
  }

  report(): readonly ExtensionTiming[] {
    return [...this.#rows.values()];
  }
}
