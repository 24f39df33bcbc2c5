import type { HookContext, JobLedger } from './job-ledger.js';
import { shortForm } from './short-form.js';
import type { TapRecord } from './tap-record.js';

/** What a structural tap will do for this job; undefined: it sits out. Fails like a tap: recorded, and out for the job. */
export function variantOf(tap: TapRecord, ledger: JobLedger, ctx: HookContext): string | undefined {
  if (!tap.variant) return '';
  try {
    const variant = tap.variant(variantContext(tap, ledger.contextFor(tap.seat, ctx)));
    if (variant === undefined || typeof variant === 'string') return variant;
    ledger.record(tap, ctx, 'EXT_TAP_RETURNED', { seen: shortForm(variant), expected: 'a string from variant()' });
  } catch (error) {
    ledger.threw(tap, ctx, error);
  }
  return undefined;
}

/** May the tap be called? `own` is the context as its extension sees it. */
export const takesPart = (tap: TapRecord, own: HookContext): boolean =>
  tap.variant === undefined || tap.variant(variantContext(tap, own)) !== undefined;

/** A variant is asked before any module is known: in place of a path it sees the tap's own pattern, here and while emitting. */
const variantContext = (tap: TapRecord, own: HookContext): HookContext => (tap.path === undefined ? own : { ...own, path: tap.path });
