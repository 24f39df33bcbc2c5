import type { WeightEntry, WeightMap } from '@armature/sdk';

/** A weight map with some entries replaced or added; the map below is left alone. A replacement lies in no file, whatever it was spread from. */
export class WeightOverlay implements WeightMap {
  readonly keys: ReadonlySet<string>;
  readonly #base: WeightMap;
  readonly #entries: ReadonlyMap<string, WeightEntry>;

  constructor(base: WeightMap, entries: Iterable<WeightEntry>) {
    this.#base = base;
    this.#entries = new Map([...entries].map(({ stored: _, ...entry }) => [entry.key, entry]));
    this.keys = new Set([...base.keys, ...this.#entries.keys()]);
  }

  get(key: string): WeightEntry | undefined {
    return this.#entries.get(key) ?? this.#base.get(key);
  }

  with(entries: Iterable<WeightEntry>): WeightMap {
    return new WeightOverlay(this, entries);
  }
}
