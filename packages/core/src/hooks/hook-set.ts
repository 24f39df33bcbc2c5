import type { Fault, HookDeclaration, HookFacade, JobInfo } from '@armature/sdk';
import { hookCatalogue } from '@armature/sdk/host';
import { type Clock, systemClock } from '../api/index.js';
import type { HookCallers, HookName } from './hook-caller.js';
import { HookPoint } from './hook-point.js';
import { type HookContext, JobLedger } from './job-ledger.js';
import { type StructuralKey, structuralKey } from './structural-key.js';
import { TapClock } from './tap-clock.js';
import type { GuardRules } from './tap-guard.js';
import type { Seat, TapRecord } from './tap-record.js';
import { TapRecorder } from './tap-recorder.js';

/** The taps of one extension while it is being set up. */
export interface SeatTaps {
  readonly facade: HookFacade<never>;
  /** Names of the hooks tapped so far, each once. */
  tapped(): readonly HookName[];
  /** Ends recording and takes the taps. @returns the names of the tapped hooks. */
  commit(): readonly HookName[];
  /** Ends recording and forgets the taps. */
  discard(): void;
}

/** Every hook of one generation. Taps are recorded in setup, registered by `seal`, and never change again. */
export interface HookSet extends HookCallers {
  /** Faults and times outside jobs, and the time of all jobs together. */
  readonly ledger: JobLedger;
  /** The ledger of a job, made when first asked for. It lives as long as the job's info. */
  ledgerOf(job: JobInfo): JobLedger;
  /** Opens recording for the next extension in order. `onTap` hears of each tap while its author's code calls. */
  record(seat: Seat, onTap?: (hook: string) => void): SeatTaps;
  /** Sorts the taps by stage, then extension order, and registers them. */
  seal(): void;
  /** The taps of a hook in calling order, once sealed; undefined: there is no such hook. */
  taps(hook: string): readonly TapRecord[] | undefined;
  /** What the taps of these hooks will do to a graph. Ask right before emitting; `clean()` right after says whether the graph may be kept. */
  structuralKey(hooks: readonly HookName[], ctx: HookContext): StructuralKey;
  /** From now on the extension's taps are left out of every new job, which carries `fault` in their place. */
  trip(seat: Seat, fault: Fault): void;
}

export interface HookSetOptions {
  /** How long a tap may take, ms. */
  readonly timeout: number;
  /** What `timeout` is counted by. Default: the system's time. */
  readonly clock?: Clock;
}

/** Builds the hooks of a generation from the catalogue. */
export function createHookSet(options: HookSetOptions): HookSet {
  return new Hooks(options).set;
}

class Hooks {
  readonly #points = new Map<string, HookPoint>();
  readonly #taps: TapRecord[] = [];
  readonly #seats: Seat[] = [];
  readonly #tripped = new Map<Seat, Fault>();
  readonly #ledgers = new WeakMap<JobInfo, JobLedger>();
  readonly #host = new JobLedger(new TapClock(this.#taps));
  readonly #speaking: GuardRules['speaking'] = { ledger: undefined, ctx: {} };

  constructor(options: HookSetOptions) {
    const ledgerOf = (ctx: HookContext): JobLedger => (ctx.job ? this.#ledgerOf(ctx.job) : this.#host);
    for (const [phase, hooks] of Object.entries(hookCatalogue)) {
      for (const [name, declaration] of Object.entries(hooks as Record<string, HookDeclaration>)) {
        const { timeout, clock = systemClock } = options;
        const rules = { declaration, timeout, clock, ledgerOf, speaking: this.#speaking };
        this.#points.set(`${phase}.${name}`, new HookPoint(rules));
      }
    }
  }

  get set(): HookSet {
    return Object.freeze({
      ...this.#callers(),
      ledger: this.#host,
      ledgerOf: (job: JobInfo) => this.#ledgerOf(job),
      record: (seat: Seat, onTap?: (hook: string) => void) => this.#record(seat, onTap),
      seal: () => this.#seal(),
      taps: (hook: string) => this.#points.get(hook)?.taps,
      structuralKey: (hooks: readonly HookName[], ctx: HookContext) =>
        structuralKey(
          hooks.map((name) => this.#points.get(name) as HookPoint),
          ctx.job ? this.#ledgerOf(ctx.job) : this.#host,
          ctx,
        ),
      trip: (seat: Seat, fault: Fault) => {
        this.#tripped.set(seat, fault);
        this.#host.turnOff(seat);
      },
    });
  }

  #callers(): HookCallers {
    const phases = Object.entries(hookCatalogue).map(([phase, hooks]) => {
      const callers = Object.keys(hooks).map((name) => [name, this.#points.get(`${phase}.${name}`)?.caller]);
      return [phase, Object.freeze(Object.fromEntries(callers))];
    });
    return Object.fromEntries(phases);
  }

  #ledgerOf(job: JobInfo): JobLedger {
    let ledger = this.#ledgers.get(job);
    if (!ledger) {
      ledger = new JobLedger(new TapClock(this.#taps, this.#host.clock), job, this.#seats, this.#tripped);
      this.#ledgers.set(job, ledger);
    }
    return ledger;
  }

  #record(seat: Seat, onTap?: (hook: string) => void): SeatTaps {
    const onLate = (hook: string): void => {
      const { ledger = this.#host, ctx } = this.#speaking;
      ledger.record({ seat, hook }, ledger === this.#host ? {} : ctx, 'EXT_SEALED', {});
    };
    const recorder = new TapRecorder(seat, { onLate, onTap });
    const facade = recorder.facade(hookCatalogue);
    const names = (taps: readonly TapRecord[]): readonly HookName[] => [...new Set(taps.map((tap) => tap.hook as HookName))];
    const commit = (): readonly HookName[] => {
      const taps = recorder.close();
      this.#seats.push(seat);
      this.#taps.push(...taps);
      return names(taps);
    };
    return { facade, tapped: () => names(recorder.taps), commit, discard: () => void recorder.close() };
  }

  #seal(): void {
    this.#taps.sort((a, b) => a.stage - b.stage || a.seat.index - b.seat.index);
    this.#taps.forEach((tap, slot) => {
      tap.slot = slot;
    });
    for (const [hook, point] of this.#points) point.seal(this.#taps.filter((tap) => tap.hook === hook));
    Object.freeze(this.#taps);
  }
}
