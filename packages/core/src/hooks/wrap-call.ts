import type { Clock } from '../api/index.js';

/** One run of a decorated function: what its inner function gave, and a clock that runs only in the extension's own code. */
export class WrapCall {
  readonly args: readonly unknown[];
  /** Gives the inner function's result again, or throws its error again; undefined while it has not been called. */
  recall: (() => unknown) | undefined;
  /** The inner function's result, once it is known. */
  innerValue: unknown;
  innerFailed = false;
  #running = 0;
  #since = performance.now();
  #own = 0;
  #callOff: (() => void) | undefined;
  #watch: { readonly clock: Clock; readonly milliseconds: number; readonly onHang: () => void } | undefined;

  constructor(args: readonly unknown[]) {
    this.args = args;
  }

  enterInner(): void {
    if (this.#running++ > 0) return;
    this.#own += performance.now() - this.#since;
    this.#callOff?.();
  }

  leaveInner(): void {
    if (--this.#running > 0) return;
    this.#since = performance.now();
    this.#arm();
  }

  /** Keeps a result: the first one, or a later one that was asked for with the run's own arguments. */
  keep(args: readonly unknown[], recall: () => unknown): boolean {
    if (this.recall && !args.every((arg, index) => arg === this.args[index])) return false;
    this.recall = recall;
    return true;
  }

  /** Calls `onHang` when the extension's own code has been silent for so long. */
  watch(clock: Clock, milliseconds: number, onHang: () => void): void {
    this.#watch = { clock, milliseconds, onHang };
    this.#arm();
  }

  /** Ends the run. @returns milliseconds spent in the extension's own code. */
  stop(): number {
    this.#callOff?.();
    this.#watch = undefined;
    return this.#running > 0 ? this.#own : this.#own + performance.now() - this.#since;
  }

  #arm(): void {
    if (!this.#watch || this.#running > 0) return;
    this.#callOff = this.#watch.clock.after(this.#watch.milliseconds, this.#watch.onHang);
  }
}
