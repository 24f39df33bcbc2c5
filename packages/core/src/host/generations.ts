import type { Logger } from '@armature/sdk';
import type { ReloadOptions } from '../api/index.js';
import type { Generation } from '../generation/index.js';
import type { BuiltGeneration } from './host-parts.js';

export interface GenerationsParts {
  readonly build: (number: number) => Promise<BuiltGeneration>;
  /** The next one is in force from here on. */
  readonly swapped: (next: Generation) => void;
  readonly log: Logger;
}

/** The generation in force and its successors: each is built beside the one it follows, which lives as long as its last job. */
export class Generations {
  readonly #parts: GenerationsParts;
  #built: BuiltGeneration;
  /** Those that were built, also those turned down: no two share a number. */
  #tries = 1;
  #reloading: Promise<void> = Promise.resolve();

  constructor(built: BuiltGeneration, parts: GenerationsParts) {
    this.#built = built;
    this.#parts = parts;
  }

  get current(): Generation {
    return this.#built.generation;
  }

  /** Stored options as the generation in force has left them. */
  get settings(): Readonly<Record<string, unknown>> {
    return this.#built.settings;
  }

  /** Works on the generation in force, which lives at least as long. */
  async retained<T>(work: (generation: Generation) => Promise<T>): Promise<T> {
    const generation = this.current;
    generation.retain();
    try {
      return await work(generation);
    } finally {
      await this.#release(generation);
    }
  }

  /** One after the other; `assertOpen` is asked when its turn has come. */
  reload({ accept }: ReloadOptions, assertOpen: () => void): Promise<void> {
    const reloaded = this.#reloading.then(() => this.#swap(accept, assertOpen));
    this.#reloading = reloaded.catch(() => undefined);
    return reloaded;
  }

  /** The end of the reload at work, whatever becomes of it. */
  settled(): Promise<void> {
    return this.#reloading;
  }

  async #swap(accept: ReloadOptions['accept'], assertOpen: () => void): Promise<void> {
    assertOpen();
    const previous = this.current;
    this.#tries += 1;
    const next = await this.#parts.build(this.#tries);
    let leaving = next.generation;
    try {
      if (accept && !accept({ extensions: () => next.generation.extensions(), faults: () => next.generation.faults })) return;
      this.#built = next;
      this.#parts.swapped(next.generation);
      leaving = previous;
    } finally {
      await this.#release(leaving);
    }
  }

  /** An extension that cannot be disposed is a fault of its generation, not of the job that was its last. */
  async #release(generation: Generation): Promise<void> {
    await generation
      .release()
      .catch((error: unknown) => this.#parts.log.warn(`generation ${generation.number} was disposed with errors: ${String(error)}`));
  }
}
