import type { HookDeclaration } from '@armature/sdk';
import type { HookName } from './hook-name.js';
import { type ProbedContext, RecordedCall } from './recorded-call.js';

const limits = { calls: 10_000, bytes: 64 * 2 ** 20 } as const;

/** What a probe has heard: the latest calls, and of those the values of the latest. */
export class ProbeJournal {
  #calls: RecordedCall[] = [];
  readonly #open = new Map<HookName, RecordedCall[]>();
  #next = 0;
  #bytes = 0;
  /** Calls from here on still have their values. */
  #firstKept = 0;
  #dropped = 0;

  get calls(): readonly RecordedCall[] {
    return this.#calls;
  }

  get dropped(): number {
    return this.#dropped;
  }

  clear(): void {
    this.#calls = [];
    this.#open.clear();
    this.#bytes = 0;
    this.#firstKept = 0;
    this.#dropped = 0;
    this.#next = 0;
  }

  begin(hook: HookName, kind: HookDeclaration['kind'], value: unknown, ctx: ProbedContext): RecordedCall {
    const call = new RecordedCall(hook, kind, this.#next++, value, ctx);
    this.#calls.push(call);
    this.#openOf(hook).push(call);
    this.#bytes += call.bytes;
    this.#trim();
    return call;
  }

  /** The call under way that a later moment of the hook belongs to: the youngest. */
  under(hook: HookName, ctx: ProbedContext): RecordedCall | undefined {
    return this.#openOf(hook).findLast((call) => call.continuesIn(ctx));
  }

  end(call: RecordedCall, result: unknown): void {
    const before = call.bytes;
    call.end(result);
    this.#bytes += call.bytes - before;
    this.drop(call);
    this.#trim();
  }

  /** The call is no longer under way. */
  drop(call: RecordedCall): void {
    const open = this.#openOf(call.hook);
    const at = open.indexOf(call);
    if (at >= 0) open.splice(at, 1);
  }

  #openOf(hook: HookName): RecordedCall[] {
    let open = this.#open.get(hook);
    if (!open) {
      open = [];
      this.#open.set(hook, open);
    }
    return open;
  }

  #trim(): void {
    while (this.#bytes > limits.bytes && this.#firstKept < this.#calls.length - 1) {
      const call = this.#calls[this.#firstKept++] as RecordedCall;
      this.#bytes -= call.bytes;
      call.letGo();
    }
    if (this.#calls.length <= limits.calls) return;
    const [oldest] = this.#calls.splice(0, 1) as [RecordedCall];
    this.#bytes -= oldest.bytes;
    this.#firstKept = Math.max(0, this.#firstKept - 1);
    this.#dropped += 1;
    this.drop(oldest);
  }
}
