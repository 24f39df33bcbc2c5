import type { WeightEntry, WeightMap } from '@armature/sdk';
import { WeightOverlay } from './weight-overlay.js';

/**
 * A weight map in which everything below one prefix comes from another: of the original nothing remains there. The entries
 * keep their place in their own file.
 */
export class SwappedModule implements WeightMap {
  /** Those of the replacement first: a family names the file of a broken module by it. */
  readonly keys: ReadonlySet<string>;
  readonly #base: WeightMap;
  readonly #prefix: string;
  /** Key in the replacement's file by name below the prefix. */
  readonly #names: ReadonlyMap<string, string>;
  readonly #replacement: WeightMap;

  constructor(base: WeightMap, prefix: string, replacement: WeightMap, names: ReadonlyMap<string, string>) {
    this.#base = base;
    this.#prefix = prefix;
    this.#replacement = replacement;
    this.#names = names;
    const kept = [...base.keys].filter((key) => !key.startsWith(prefix));
    this.keys = new Set([...[...names.keys()].map((name) => prefix + name), ...kept]);
  }

  get(key: string): WeightEntry | undefined {
    if (!key.startsWith(this.#prefix)) return this.#base.get(key);
    const stored = this.#names.get(key.slice(this.#prefix.length));
    const entry = stored === undefined ? undefined : this.#replacement.get(stored);
    return entry && { ...entry, key };
  }

  with(entries: Iterable<WeightEntry>): WeightMap {
    return new WeightOverlay(this, entries);
  }
}
