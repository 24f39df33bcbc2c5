import type { ExtensionTiming } from '../api/index.js';
import type { TapRecord } from './tap-record.js';

/** Calls and milliseconds of every tap. */
export class TapClock {
  readonly #taps: readonly TapRecord[];
  readonly #calls: number[];
  readonly #milliseconds: number[];
  readonly #total: TapClock | undefined;

  /** `taps` may still grow. `total`: the clock of the whole generation, which goes on as well. */
  constructor(taps: readonly TapRecord[], total?: TapClock) {
    this.#taps = taps;
    this.#calls = new Array<number>(taps.length).fill(0);
    this.#milliseconds = new Array<number>(taps.length).fill(0);
    this.#total = total;
  }

  add(slot: number, milliseconds: number): void {
    this.#calls[slot] = (this.#calls[slot] ?? 0) + 1;
    this.#milliseconds[slot] = (this.#milliseconds[slot] ?? 0) + milliseconds;
    this.#total?.add(slot, milliseconds);
  }

  /** Did a tap of this extension run? */
  ran(seat: number): boolean {
    return this.#taps.some((tap) => tap.seat.index === seat && (this.#calls[tap.slot] ?? 0) > 0);
  }

  /** One row for each extension and hook that spoke. */
  report(): readonly ExtensionTiming[] {
    const rows = new Map<string, ExtensionTiming>();
    for (const { seat, hook, slot } of this.#taps) {
      const calls = this.#calls[slot] ?? 0;
      if (calls === 0) continue;
      const key = `${seat.id} ${hook}`;
      const row = rows.get(key);
      rows.set(key, {
        extension: seat.id,
        hook,
        calls: calls + (row?.calls ?? 0),
        milliseconds: (this.#milliseconds[slot] ?? 0) + (row?.milliseconds ?? 0),
      });
    }
    return [...rows.values()];
  }
}
