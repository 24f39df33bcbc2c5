import type { Settings } from '../api/index.js';
import { resolveSettings } from '../pipeline/index.js';
import type { Generations } from './generations.js';

/** Options of a host: what it was opened with, and what was changed since. */
export class HostSettings {
  readonly #generations: Generations;
  #changed: Readonly<Record<string, unknown>> = {};

  constructor(generations: Generations) {
    this.#generations = generations;
  }

  /** What was given, without defaults. */
  get stored(): Readonly<Record<string, unknown>> {
    return { ...this.#generations.settings, ...this.#changed };
  }

  /** Every option in force. @throws HostError REQUEST_INVALID for values that cannot be */
  resolved(overrides: Readonly<Record<string, unknown>> = {}): Settings {
    const contributed = this.#generations.current.registry.list('setting').map(({ value }) => value);
    return resolveSettings({ stored: this.stored, overrides, contributed });
  }

  /** All of the changes, or none of them. @throws HostError REQUEST_INVALID */
  change(changes: Readonly<Record<string, unknown>>): void {
    this.resolved(changes);
    this.#changed = { ...this.#changed, ...changes };
  }
}
