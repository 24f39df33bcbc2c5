import type { ExtensionTiming, GenerationResult } from '../api/index.js';

/** Adds up what extensions took, by extension and hook. */
export class TimingBook {
  readonly #rows = new Map<string, ExtensionTiming>();

  /** @returns the result, whose timings count from now on */
  counted(result: GenerationResult): GenerationResult {
    for (const { extension, hook, calls, milliseconds } of result.timings) {
      const key = JSON.stringify([extension, hook]);
      const before = this.#rows.get(key);
      const sum = { calls: calls + (before?.calls ?? 0), milliseconds: milliseconds + (before?.milliseconds ?? 0) };
      this.#rows.set(key, Object.freeze({ extension, hook, ...sum }));
    }
    return result;
  }

  report(): readonly ExtensionTiming[] {
    return [...this.#rows.values()];
  }
}
