import type { HookDeclaration } from '@armature/sdk';
import type { Clock } from '../api/index.js';
import { onTapTime, TapTime } from './engine-wait.js';
import { freezeValue } from './freeze-value.js';
import { isPromise } from './is-promise.js';
import type { HookContext, JobLedger } from './job-ledger.js';
import { shortForm } from './short-form.js';
import type { TapRecord } from './tap-record.js';
import { takesPart } from './variant-of.js';
import { guardDecorator } from './wrap-guard.js';

/** What guards share: the declaration, how to find the ledger of a context, and how long a tap may take. */
export interface GuardRules {
  readonly declaration: HookDeclaration;
  /** Milliseconds. */
  readonly timeout: number;
  readonly clock: Clock;
  ledgerOf(ctx: HookContext): JobLedger;
  /** Who is being called right now, for faults that have no context of their own. */
  readonly speaking: { ledger: JobLedger | undefined; ctx: HookContext };
}

type Done = (error: undefined, result?: unknown) => void;
// biome-ignore lint/suspicious/noExplicitAny: tapable's descriptors carry a function of any kind
type FullTap = { type: 'sync' | 'async' | 'promise'; fn: any; name: string; record: TapRecord };

/**
 * The one place that stands between tapable and an extension: it is registered once on every hook, and no fault of a
 * tap passes it. To tapable a failed tap is one that had no opinion.
 */
export function tapGuard(rules: GuardRules): { register<T extends FullTap>(tap: T): T } {
  const guard = rules.declaration.kind === 'wrap' ? guardDecorator : guardTap;
  const type = rules.declaration.kind === 'wrap' ? 'sync' : 'async';
  return { register: (tap) => ({ ...tap, type, fn: guard(tap.record, rules) }) };
}

function guardTap(tap: TapRecord, rules: GuardRules): (value: unknown, ctx: HookContext, done: Done) => void {
  const always = rules.declaration.kind === 'observe' && rules.declaration.always;
  return (value, ctx, done) => {
    const ledger = rules.ledgerOf(ctx);
    if (!ledger.admits(tap.seat, always)) {
      done(undefined);
      return;
    }
    const time = new TapTime();
    let result: unknown;
    try {
      const own = ledger.contextFor(tap.seat, ctx);
      if (takesPart(tap, own)) result = onTapTime(time, () => speak(tap, rules, ledger, value, own));
      if (isPromise(result)) {
        settleLater({ tap, rules, ledger, value, ctx, done, time, always }, result);
        return;
      }
      result = judge(tap, rules, ledger, value, ctx, result);
    } catch (error) {
      rules.speaking.ledger = undefined;
      ledger.threw(tap, ctx, error);
      result = undefined;
    }
    ledger.clock.add(tap.slot, time.own);
    done(undefined, result);
  };
}

function speak(tap: TapRecord, rules: GuardRules, ledger: JobLedger, value: unknown, own: HookContext): unknown {
  const { speaking } = rules;
  speaking.ledger = ledger;
  speaking.ctx = own;
  const result = tap.fn(value, own);
  speaking.ledger = undefined;
  return result;
}

/** The result if it is a lawful one; otherwise the fault is recorded and the tap has no opinion. */
function judge(tap: TapRecord, rules: GuardRules, ledger: JobLedger, value: unknown, ctx: HookContext, result: unknown): unknown {
  const { declaration } = rules;
  if (declaration.kind === 'observe' || result === undefined) return undefined;
  if (declaration.guard.accepts(result, value)) {
    freezeValue(result);
    if (declaration.kind === 'first') ledger.answeredBy = tap.seat.id;
    return result;
  }
  ledger.record(tap, ctx, 'EXT_TAP_RETURNED', { seen: shortForm(result), expected: declaration.guard.name });
  return undefined;
}

interface PendingTap {
  readonly tap: TapRecord;
  readonly rules: GuardRules;
  readonly ledger: JobLedger;
  readonly value: unknown;
  readonly ctx: HookContext;
  readonly done: Done;
  readonly time: TapTime;
  readonly always: boolean;
}

/**
 * Waits for a tap that answered with a promise: until it settles, hangs, or the job is cancelled. Whatever comes later is
 * dropped. After a wait for the engine the tap has its whole time again.
 */
function settleLater(pending: PendingTap, promise: PromiseLike<unknown>): void {
  const { tap, rules, ledger, value, ctx, done, time, always } = pending;
  let open = true;
  const finish = (result?: unknown): void => {
    open = false;
    calledOff();
    ledger.stopWaiting(letGo);
    ledger.clock.add(tap.slot, time.own);
    done(undefined, result);
  };
  const letGo = (): void => finish();
  const hang = (): void => {
    ledger.record(tap, ctx, 'EXT_TAP_HUNG', { milliseconds: rules.timeout });
    finish();
  };
  let calledOff = rules.clock.after(rules.timeout, hang);
  time.watch((waits) => {
    if (!open) return;
    calledOff();
    if (!waits) calledOff = rules.clock.after(rules.timeout, hang);
  });
  if (!always) ledger.waitFor(letGo);
  const settled = Promise.resolve(promise).then((result) => (open ? judge(tap, rules, ledger, value, ctx, result) : undefined));
  settled.then(
    (result) => {
      if (open) finish(result);
    },
    (error: unknown) => {
      if (!open) return;
      ledger.threw(tap, ctx, error);
      finish();
    },
  );
}
