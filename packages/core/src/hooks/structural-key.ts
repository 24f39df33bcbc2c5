import type { HookPoint } from './hook-point.js';
import type { HookContext, JobLedger } from './job-ledger.js';
import { shortForm } from './short-form.js';
import type { Seat, TapRecord } from './tap-record.js';

/** What structural taps will do to a graph, as part of the key of its session. */
export interface StructuralKey {
  /** Ordered (hook, extension, code digest, variant) of every tap that takes part; empty when none does. */
  readonly key: string;
  /** False once an extension of the key has failed in this job: the graph is then used once and not kept. */
  clean(): boolean;
}

/** Asks every structural tap for its variant. A tap that fails here has its fault recorded and sits out. */
export function structuralKey(points: readonly HookPoint[], ledger: JobLedger, ctx: HookContext): StructuralKey {
  const seats = new Set<Seat>();
  const parts: (readonly string[])[] = [];
  for (const tap of points.filter((point) => point.declaration.structural).flatMap((point) => point.taps)) {
    const variant = ledger.admits(tap.seat) ? variantOf(tap, ledger, ctx) : undefined;
    if (variant === undefined) continue;
    seats.add(tap.seat);
    parts.push([tap.hook, tap.seat.id, tap.seat.digest, variant]);
  }
  const failed = [...seats].filter((seat) => !ledger.admits(seat));
  const kept = parts.filter(([, id]) => !failed.some((seat) => seat.id === id));
  return {
    key: kept.length === 0 ? '' : JSON.stringify(kept),
    clean: () => [...seats].every((seat) => failed.includes(seat) || ledger.admits(seat)),
  };
}

function variantOf(tap: TapRecord, ledger: JobLedger, ctx: HookContext): string | undefined {
  if (!tap.variant) return '';
  try {
    const variant = tap.variant(structuralContext(tap, ledger.contextFor(tap.seat, ctx)));
    if (variant === undefined || typeof variant === 'string') return variant;
    ledger.record(tap, ctx, 'EXT_TAP_RETURNED', { seen: shortForm(variant), expected: 'a string from variant()' });
  } catch (error) {
    ledger.threw(tap, ctx, error);
  }
  return undefined;
}

/** A variant is asked before any module is known: in place of a path it sees the tap's own pattern, here and while emitting. */
export const structuralContext = (tap: TapRecord, own: HookContext): HookContext =>
  tap.path === undefined ? own : { ...own, path: tap.path };
