import type { HookDeclaration } from '@armature/sdk';
import { AsyncSeriesBailHook, AsyncSeriesHook, AsyncSeriesWaterfallHook, SyncWaterfallHook } from 'tapable';
import { brandErrors } from './core-errors.js';
import { freezeValue } from './freeze-value.js';
import type { AnyFunction } from './guarded-function.js';
import type { FirstCaller, ObserveCaller, TransformCaller, WrapCaller } from './hook-caller.js';
import type { HookContext } from './job-ledger.js';
import { type GuardRules, tapGuard } from './tap-guard.js';
import type { TapRecord } from './tap-record.js';

interface GuardedTap {
  record: TapRecord;
}
type Caller = ObserveCaller<unknown, HookContext> &
  TransformCaller<unknown, HookContext> &
  FirstCaller<unknown, unknown, HookContext> &
  WrapCaller<AnyFunction, HookContext>;

const makers = {
  observe: () => new AsyncSeriesHook<[unknown, HookContext], GuardedTap>(['value', 'ctx']),
  transform: () => new AsyncSeriesWaterfallHook<[unknown, HookContext], unknown, GuardedTap>(['value', 'ctx']),
  first: () => new AsyncSeriesBailHook<[unknown, HookContext], unknown, GuardedTap>(['value', 'ctx']),
  wrap: () => new SyncWaterfallHook<[AnyFunction, HookContext], AnyFunction, GuardedTap>(['inner', 'ctx']),
};

/** One hook of a generation: the tapable hook behind its guard, and the calls the pipeline makes. */
export class HookPoint {
  readonly declaration: HookDeclaration;
  /** In calling order, once sealed. */
  taps: readonly TapRecord[] = [];
  readonly #hook: ReturnType<(typeof makers)[HookDeclaration['kind']]>;

  constructor(rules: GuardRules) {
    this.declaration = rules.declaration;
    this.#hook = makers[rules.declaration.kind]();
    this.#hook.intercept(tapGuard(rules));
  }

  /** Registers the taps, already in calling order. Called once. */
  seal(taps: readonly TapRecord[]): void {
    this.taps = taps;
    for (const record of taps)
      (this.#hook as SyncWaterfallHook<[unknown, HookContext], unknown, GuardedTap>).tap({ name: record.seat.id, record }, record.fn);
  }

  get caller(): Caller {
    const point = this;
    const hook = this.#hook as AsyncSeriesWaterfallHook<[unknown, HookContext], unknown>;
    const ask = (value: unknown, ctx: HookContext): Promise<unknown> => {
      freezeValue(value);
      return hook.promise(value, ctx);
    };
    return {
      get tapped() {
        return point.taps.length > 0;
      },
      matching: (path) => point.taps.some((tap) => tap.matches(path)),
      observe: async (value, ctx) => {
        if (point.taps.length > 0) await ask(value, ctx);
      },
      transform: (value, ctx) => (point.taps.length > 0 ? ask(value, ctx) : Promise.resolve(value)),
      first: (question, ctx) => (point.taps.length > 0 ? ask(question, ctx) : Promise.resolve(undefined)),
      wrap: (fn, ctx) => {
        if (point.taps.length === 0) return fn;
        return (point.#hook as SyncWaterfallHook<[AnyFunction, HookContext], AnyFunction>).call(brandErrors(fn), ctx);
      },
    };
  }
}
