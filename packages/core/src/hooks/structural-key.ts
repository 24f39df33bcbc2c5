import type { HookPoint } from './hook-point.js';
import type { HookContext, JobLedger } from './job-ledger.js';
import { pathGlob } from './path-glob.js';
import type { Seat, TapRecord } from './tap-record.js';
import { variantOf } from './variant-of.js';

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
    const variant = ledger.admits(tap.seat) && mayReach(tap, ctx) ? variantOf(tap, ledger, ctx) : undefined;
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

/** `unet.**.attn1` reaches no module of another network: the sessions of those stay the plain ones. */
function mayReach({ path }: TapRecord, { plan }: HookContext & { readonly plan?: { readonly network: string } }): boolean {
  if (path === undefined || plan === undefined) return true;
  const [first = ''] = path.split('.');
  return first === '**' || pathGlob(first)(plan.network);
}
