import { setImmediate } from 'node:timers/promises';
import { HostError } from '@armature/sdk/host';
import { ortProblem } from './ort-problem.js';
import { PULSE_MS, type RunReply, type RuntimeAnswer, type RuntimeReplies, type RuntimeRequest, type WirePiece } from './protocol.js';
import type { OpenChannel, RuntimeChannel } from './runtime-channel.js';
import { PieceCollector } from './wire-pieces.js';

export interface CallOptions<Reply> {
  /** Names the call in errors: `unet of tiny-sd1`. */
  readonly work: string;
  readonly signal?: AbortSignal | undefined;
  /** Given the reply of a call that was cancelled while it ran. */
  readonly discard?: (reply: Reply) => void;
  /** What goes before the request. */
  readonly pieces?: readonly Iterable<WirePiece>[];
}

interface Call {
  readonly id: number;
  readonly request: RuntimeRequest;
  readonly options: CallOptions<unknown>;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: HostError) => void;
  readonly onAbort: () => void;
}

/** Looks at the pulse this many times before the runtime counts as stuck; more than one, so that a pause of the host blames nobody. */
const LOOKS = 4;
/** What a process may take until its first beat, on top. */
const BOOT_MS = 30_000;

/** One life of the runtime: its calls, one at a time, until it ends for whatever reason. */
export class RuntimeLife {
  readonly ended: Promise<string>;
  readonly #channel: RuntimeChannel;
  readonly #stuckAfterMs: number;
  readonly #waiting: Call[] = [];
  readonly #collector = new PieceCollector();
  #running: Call | undefined;
  #grace: NodeJS.Timeout | undefined;
  #pulse: NodeJS.Timeout | undefined;
  #missed = 0;
  #nextId = 1;
  /** Why it ends, when we end it. */
  #reason: ((work: string) => HostError) | undefined;
  /** How it ended. */
  #how: string | undefined;

  constructor(open: OpenChannel, stuckAfterMs: number, onLine: (text: string) => void) {
    this.#stuckAfterMs = Math.max(stuckAfterMs, 2 * PULSE_MS);
    let ended: (how: string) => void;
    this.ended = new Promise((resolve) => {
      ended = resolve;
    });
    this.#channel = open({
      answer: (answer) => this.#answered(answer),
      beat: () => {
        this.#missed = 0;
      },
      line: onLine,
      ended: (how) => {
        this.#end(how);
        ended(how);
      },
    });
    if (this.#channel.kill) this.#watch();
    this.#channel.hold(false);
  }

  get pid(): number | undefined {
    return this.#how === undefined ? this.#channel.pid : undefined;
  }

  call<R extends RuntimeRequest>(request: R, options: CallOptions<RuntimeReplies[R['kind']]>): Promise<RuntimeReplies[R['kind']]> {
    return new Promise((resolve, reject) => {
      if (options.signal?.aborted) return reject(new HostError('JOB_CANCELLED'));
      if (this.#how !== undefined || this.#reason) return reject(this.#lost(options.work));
      const call: Call = {
        id: this.#nextId++,
        request,
        options: options as CallOptions<unknown>,
        resolve: resolve as (reply: unknown) => void,
        reject,
        onAbort: () => this.#aborted(call),
      };
      options.signal?.addEventListener('abort', call.onAbort, { once: true });
      this.#waiting.push(call);
      this.#next();
    });
  }

  /** Ends this life; calls that are under way or waiting fail with `reason`. */
  async end(reason: (work: string) => HostError): Promise<void> {
    if (this.#how !== undefined) return;
    this.#reason ??= reason;
    this.#channel.hold(true);
    for (const call of this.#waiting.splice(0)) this.#reject(call, reason(call.options.work));
    this.#channel.close();
    await this.ended;
  }

  #next(): void {
    const call = this.#running ? undefined : this.#waiting.shift();
    if (!call) return;
    this.#running = call;
    this.#channel.hold(true);
    void this.#send(call);
  }

  /** Large tensors go in pieces, with a turn of the host's event loop between them. */
  async #send(call: Call): Promise<void> {
    for (const cut of call.options.pieces ?? [])
      for (const piece of cut) {
        this.#channel.post(piece);
        await setImmediate();
        if (this.#running !== call) return;
      }
    this.#channel.post({ id: call.id, request: call.request });
  }

  #answered(answer: RuntimeAnswer): void {
    const call = this.#running;
    if ('piece' in answer) this.#collector.add(answer);
    if ('piece' in answer || call?.id !== answer.id) return;
    this.#running = undefined;
    clearTimeout(this.#grace);
    if (!this.#reason) this.#channel.hold(false);
    call.options.signal?.removeEventListener('abort', call.onAbort);
    const reply = 'reply' in answer ? this.#whole(call, answer.reply) : undefined;
    if (call.options.signal?.aborted) {
      if ('reply' in answer) call.options.discard?.(reply);
      call.reject(new HostError('JOB_CANCELLED'));
    } else if (this.#reason) call.reject(this.#reason(call.options.work));
    else if ('reply' in answer) call.resolve(reply);
    else call.reject(new HostError('RUNTIME_REFUSED', { work: call.options.work, problem: ortProblem(answer.refused) }));
    if (!this.#reason) this.#next();
  }

  #whole(call: Call, reply: unknown): unknown {
    if (call.request.kind !== 'run') return reply;
    const found = reply as RunReply;
    return { ...found, outputs: this.#collector.whole(found.outputs) };
  }

  #aborted(call: Call): void {
    const place = this.#waiting.indexOf(call);
    if (place >= 0) {
      this.#waiting.splice(place, 1);
      call.reject(new HostError('JOB_CANCELLED'));
    } else if (this.#running === call && this.#channel.kill) {
      this.#grace = setTimeout(() => this.#stuck(), this.#stuckAfterMs);
    }
  }

  #watch(): void {
    const every = this.#stuckAfterMs / LOOKS;
    this.#missed = -Math.ceil(BOOT_MS / every);
    this.#pulse = setInterval(() => {
      this.#missed++;
      if (this.#missed > LOOKS) this.#stuck();
    }, every).unref();
  }

  #stuck(): void {
    this.#reason ??= () => new HostError('RUNTIME_STUCK', { milliseconds: this.#stuckAfterMs });
    this.#channel.kill?.();
  }

  #end(how: string): void {
    this.#how = how;
    clearTimeout(this.#grace);
    clearInterval(this.#pulse);
    const calls = [this.#running ?? [], this.#waiting.splice(0)].flat();
    this.#running = undefined;
    for (const call of calls) this.#reject(call, this.#lost(call.options.work));
  }

  #reject(call: Call, error: HostError): void {
    call.options.signal?.removeEventListener('abort', call.onAbort);
    call.reject(call.options.signal?.aborted ? new HostError('JOB_CANCELLED') : error);
  }

  #lost(work: string): HostError {
    return this.#reason?.(work) ?? new HostError('RUNTIME_DIED', { work, how: this.#how ?? 'it is ending' });
  }
}
