import { type AnyFunction, GuardedFunction } from './guarded-function.js';
import { isPromise } from './is-promise.js';
import type { HookContext } from './job-ledger.js';
import { shortForm } from './short-form.js';
import type { GuardRules } from './tap-guard.js';
import type { TapRecord } from './tap-record.js';
import { takesPart } from './variant-of.js';

/** Guards a tap of a `wrap` hook while it decorates; what it returns is guarded again whenever it runs. */
export function guardDecorator(tap: TapRecord, rules: GuardRules): (inner: AnyFunction, ctx: HookContext) => AnyFunction | undefined {
  return (inner, ctx) => {
    const ledger = rules.ledgerOf(ctx);
    if (!ledger.admits(tap.seat) || (ctx.path !== undefined && !tap.matches(ctx.path))) return undefined;
    const guarded = new GuardedFunction(tap, rules, ledger, ctx, inner);
    try {
      const own = ledger.contextFor(tap.seat, ctx);
      const decorated = takesPart(tap, own) ? tap.fn(guarded.inner, own) : undefined;
      if (decorated === undefined) return undefined;
      if (typeof decorated === 'function') return guarded.around(decorated as AnyFunction);
      if (isPromise(decorated)) Promise.resolve(decorated).catch(() => undefined);
      ledger.record(tap, ctx, 'EXT_TAP_RETURNED', { seen: shortForm(decorated), expected: 'a function' });
    } catch (error) {
      ledger.threw(tap, ctx, error);
    }
    return undefined;
  };
}
