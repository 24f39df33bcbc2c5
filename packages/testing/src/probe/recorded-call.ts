import type { HookDeclaration } from '@armature/sdk';
import type { HookName } from './hook-name.js';
import { valueBytes } from './value-bytes.js';
import { valueSummary } from './value-summary.js';

/** What a context tells of the moment it belongs to. */
export interface ProbedContext {
  readonly job?: { readonly id: string };
  readonly path?: string;
  readonly index?: number;
  readonly negative?: boolean;
}
interface InnerRun {
  readonly value: readonly unknown[];
  result: unknown;
}

/** A `HookCall` while it is being written. */
export class RecordedCall {
  readonly hook: HookName;
  readonly kind: HookDeclaration['kind'];
  readonly index: number;
  readonly ctx: ProbedContext;
  readonly at = performance.now();
  milliseconds: number | undefined;
  /** Bytes of the values that are kept. */
  bytes: number;
  #kept: { readonly value: unknown; result: unknown; readonly inner: InnerRun[] } | undefined;
  #summary: string | undefined;
  #innerMilliseconds = 0;
  #changed: boolean;
  #innerRuns = 0;

  constructor(hook: HookName, kind: HookDeclaration['kind'], index: number, value: unknown, ctx: ProbedContext) {
    this.hook = hook;
    this.kind = kind;
    this.index = index;
    this.ctx = ctx;
    this.bytes = valueBytes(value);
    this.#kept = { value, result: undefined, inner: [] };
    // A `first` hook that nobody answers comes to its end; all others are unchanged until something else comes out.
    this.#changed = kind === 'first';
  }

  get value(): unknown {
    return this.#values().value;
  }

  get result(): unknown {
    return this.#values().result;
  }

  get inner(): readonly InnerRun[] {
    return this.#values().inner;
  }

  get changed(): boolean {
    return this.#changed;
  }

  get summary(): string {
    return this.#summary ?? valueSummary(this.value);
  }

  /** Does a later moment of the hook belong to this call? */
  continuesIn(ctx: ProbedContext): boolean {
    const own = this.ctx;
    return own.job?.id === ctx.job?.id && own.path === ctx.path && own.index === ctx.index && own.negative === ctx.negative;
  }

  /** The engine's own function runs. @returns what tells its end */
  enterInner(args: readonly unknown[]): (result: unknown) => void {
    const start = performance.now();
    const run: InnerRun = { value: args, result: undefined };
    const given = this.#kept?.value as readonly unknown[] | undefined;
    this.#innerRuns += 1;
    if (this.#innerRuns > 1 || args.length !== given?.length || args.some((arg, i) => arg !== given[i])) this.#changed = true;
    this.#kept?.inner.push(run);
    return (result) => {
      run.result = result;
      this.#innerMilliseconds += performance.now() - start;
    };
  }

  /** The last extension has spoken. */
  end(result: unknown): void {
    this.milliseconds = performance.now() - this.at - this.#innerMilliseconds;
    if (this.kind === 'first') this.#changed = false;
    if (!this.#kept || this.kind === 'first' || this.kind === 'observe') return;
    const { value, inner } = this.#kept;
    if (this.kind === 'transform') this.#changed = result !== value;
    else if (result !== inner.at(-1)?.result) this.#changed = true;
    this.#kept.result = result;
    if (this.#changed) this.bytes = valueBytes([value, result, ...inner.flatMap((run) => [run.value, run.result])]);
    else if (this.kind === 'wrap') this.bytes += valueBytes(result);
  }

  /** Forgets the values; the summary stays. */
  letGo(): void {
    this.#summary = this.summary;
    this.#kept = undefined;
    this.bytes = 0;
  }

  #values(): { readonly value: unknown; readonly result: unknown; readonly inner: readonly InnerRun[] } {
    if (!this.#kept) {
      const place = `call ${this.index} (${this.hook})`;
      throw new RangeError(`the values of ${place} were let go: a probe keeps the latest 64 MiB; probe fewer hooks, or read summary`);
    }
    return this.#kept;
  }
}
