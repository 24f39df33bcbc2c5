import { HostError } from '@armature/sdk/host';
import { isCoreError } from './core-errors.js';
import { onTapTime, TapTime } from './engine-wait.js';
import { freezeValue } from './freeze-value.js';
import { isPromise } from './is-promise.js';
import type { HookContext, JobLedger } from './job-ledger.js';
import { shortForm } from './short-form.js';
import type { GuardRules } from './tap-guard.js';
import type { TapRecord } from './tap-record.js';
import { WrapCall } from './wrap-call.js';

// biome-ignore lint/suspicious/noExplicitAny: a wrapped function may take anything
export type AnyFunction = (...args: any[]) => any;

/** One function as one extension decorated it. When the extension's code fails, the inner function's result stands: the network does not run twice. */
export class GuardedFunction {
  readonly #tap: TapRecord;
  readonly #rules: GuardRules;
  readonly #ledger: JobLedger;
  readonly #ctx: HookContext;
  readonly #next: AnyFunction;
  readonly #open = new Set<WrapCall>();

  constructor(tap: TapRecord, rules: GuardRules, ledger: JobLedger, ctx: HookContext, next: AnyFunction) {
    this.#tap = tap;
    this.#rules = rules;
    this.#ledger = ledger;
    this.#ctx = ctx;
    this.#next = next;
  }

  /** The inner function as the extension gets it: it stops the extension's clock and remembers what came out. */
  readonly inner = (...args: unknown[]): unknown => {
    const calls = [...this.#open];
    if (calls.length === 0) {
      const problem = 'it called the inner function while the wrapped one was not running';
      throw new HostError('EXT_TAP_THREW', { extension: this.#tap.seat.id, hook: this.#tap.hook, problem });
    }
    for (const call of calls) call.enterInner();
    // Runs that overlap cannot be told apart, so neither remembers; only a wrapper that then fails pays, with a second run.
    return this.#runInner(args, calls, calls.length === 1 ? calls[0] : undefined);
  };

  /** The decorated function, as everyone further out will call it. */
  around(decorated: AnyFunction): AnyFunction {
    return (...args: unknown[]): unknown => {
      if (!this.#ledger.admits(this.#tap.seat)) return this.#next(...args);
      for (const arg of args) freezeValue(arg);
      const call = new WrapCall(args);
      this.#open.add(call);
      const time = new TapTime();
      time.watch((waits) => (waits ? call.enterInner() : call.leaveInner()));
      let result: unknown;
      try {
        result = onTapTime(time, () => decorated(...args));
      } catch (error) {
        return this.#recover(call, error);
      }
      if (!isPromise(result)) return this.#conclude(call, result);
      const { declaration } = this.#rules;
      if (declaration.kind !== 'wrap' || !declaration.sync) return this.#later(call, result);
      Promise.resolve(result).catch(() => undefined);
      return this.#conclude(call, result);
    };
  }

  #runInner(args: readonly unknown[], calls: readonly WrapCall[], memory: WrapCall | undefined): unknown {
    const leave = (failed: boolean): void => {
      for (const call of calls) call.leaveInner();
      if (memory && failed) memory.innerFailed = true;
    };
    let result: unknown;
    try {
      result = this.#next(...args);
    } catch (error) {
      leave(true);
      memory?.keep(args, () => {
        throw error;
      });
      throw error;
    }
    if (!isPromise(result)) {
      leave(false);
      if (memory?.keep(args, () => result)) memory.innerValue = result;
      return result;
    }
    const promise = Promise.resolve(result);
    const kept = memory?.keep(args, () => promise);
    promise.then(
      (value) => {
        leave(false);
        if (memory && kept) memory.innerValue = value;
      },
      () => leave(true),
    );
    return promise;
  }

  #later(call: WrapCall, promise: PromiseLike<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      let open = true;
      const settle = (produce: () => unknown): void => {
        if (!open) return;
        open = false;
        this.#ledger.stopWaiting(letGo);
        try {
          resolve(produce());
        } catch (error) {
          reject(error);
        }
      };
      const letGo = (): void => settle(() => this.#fallBack(call));
      this.#ledger.waitFor(letGo);
      call.watch(this.#rules.clock, this.#rules.timeout, () => settle(() => this.#hung(call)));
      Promise.resolve(promise).then(
        (result) => settle(() => this.#conclude(call, result)),
        (error: unknown) => settle(() => this.#recover(call, error)),
      );
    });
  }

  #conclude(call: WrapCall, result: unknown): unknown {
    const { declaration } = this.#rules;
    if (declaration.kind === 'observe' || declaration.guard.accepts(result, call.innerValue)) {
      this.#close(call);
      return result;
    }
    const seen = isPromise(result) ? 'a promise' : shortForm(result);
    if (!call.innerFailed) this.#ledger.record(this.#tap, this.#ctx, 'EXT_TAP_RETURNED', { seen, expected: declaration.guard.name });
    return this.#fallBack(call);
  }

  #recover(call: WrapCall, error: unknown): unknown {
    if (isCoreError(error)) {
      this.#close(call);
      throw error;
    }
    if (!call.innerFailed) this.#ledger.threw(this.#tap, this.#ctx, error);
    return this.#fallBack(call);
  }

  #hung(call: WrapCall): unknown {
    this.#ledger.record(this.#tap, this.#ctx, 'EXT_TAP_HUNG', { milliseconds: this.#rules.timeout });
    return this.#fallBack(call);
  }

  #fallBack(call: WrapCall): unknown {
    this.#close(call);
    return call.recall ? call.recall() : this.#next(...call.args);
  }

  #close(call: WrapCall): void {
    this.#open.delete(call);
    this.#ledger.clock.add(this.#tap.slot, call.stop());
  }
}
