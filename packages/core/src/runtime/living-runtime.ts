import { realpath } from 'node:fs/promises';
import { isHostError, isTensorHandle, type Logger, type SessionOptions, type TensorHandle } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { nextEpoch } from './life-counter.js';
import { ortProblem } from './ort-problem.js';
import type { ReleaseOwnerRequest, ReleaseRequest, UnloadRequest } from './protocol.js';
import type {
  RunOptions,
  RunResult,
  Runtime,
  RuntimeBinding,
  RuntimeFeeds,
  RuntimeGraph,
  RuntimeMemory,
  RuntimeSession,
} from './runtime.js';
import type { OpenChannel } from './runtime-channel.js';
import { RuntimeLife } from './runtime-life.js';
import { takeApart } from './wire-pieces.js';
import { fromWire, toWire } from './wire-values.js';

export interface LivingRuntimeOptions {
  readonly open: OpenChannel;
  readonly device: string;
  readonly threads: number;
  readonly stuckAfterMs: number;
  readonly log: Logger | undefined;
}

/** How calls end when nothing is left that could be freed. */
const GONE: readonly string[] = ['RUNTIME_DIED', 'RUNTIME_STUCK', 'RUNTIME_START', 'HOST_DISPOSED'];

const disposed = (): HostError => new HostError('HOST_DISPOSED');

/** A runtime that survives the loss of its process: the next call starts another. */
export class LivingRuntime implements Runtime {
  readonly #options: LivingRuntimeOptions;
  #device: string;
  #build: Runtime['build'];
  #epoch = nextEpoch();
  #life: RuntimeLife | undefined;
  #started: Promise<RuntimeLife> | undefined;
  #disposed = false;

  constructor(options: LivingRuntimeOptions) {
    this.#options = options;
    this.#device = options.device;
  }

  get epoch(): number {
    return this.#epoch;
  }

  get pid(): number | undefined {
    return this.#life?.pid;
  }

  get device(): string {
    return this.#device;
  }

  get build(): Runtime['build'] {
    return this.#build;
  }

  /** @throws HostError RUNTIME_START. */
  async start(): Promise<void> {
    await this.#alive();
  }

  async load(graph: RuntimeGraph, options: SessionOptions, signal?: AbortSignal): Promise<RuntimeSession> {
    const folder = graph.externalFolder && (await this.#realFolder(graph));
    const life = await this.#alive();
    const epoch = this.#epoch;
    const { bytes, label, optional = [] } = graph;
    const { threads, optimization, config } = options;
    const { session, inputs, shapes } = await life.call(
      { kind: 'load', bytes, folder, threads, optimization, config, optional },
      {
        work: `the load of ${label}`,
        signal,
        discard: ({ session: late }) => this.#forget(this.unload({ id: late, epoch, label, inputs: [], shapes: {} })),
      },
    );
    return Object.freeze({ id: session, epoch, label, inputs, shapes });
  }

  async bind(feeds: RuntimeFeeds, owner: string, signal?: AbortSignal): Promise<RuntimeBinding> {
    const life = await this.#alive();
    const epoch = this.#epoch;
    const { values, pieces } = takeApart(this.#wired(feeds));
    const { binding } = await life.call({ kind: 'bind', feeds: values, owner }, { work: 'values of inputs', signal, pieces });
    return Object.freeze({ id: binding, epoch });
  }

  async run(session: RuntimeSession, feeds: RuntimeFeeds, options: RunOptions = {}): Promise<RunResult> {
    const life = await this.#alive();
    const epoch = this.#epoch;
    if (session.epoch !== epoch)
      throw new HostError('RUNTIME_DIED', { work: session.label, how: `its session was lost with runtime life ${session.epoch}` });
    const { keep = [], outputs: wanted, owner = '', binding } = options;
    if (binding && binding.epoch !== epoch) throw new HostError('HANDLE_STALE', { epoch: binding.epoch, now: epoch });
    const { values, pieces } = takeApart(this.#wired(feeds));
    const { outputs, computeMs } = await life.call(
      { kind: 'run', session: session.id, feeds: values, keep, outputs: wanted, owner, binding: binding?.id },
      {
        work: session.label,
        signal: options.signal,
        pieces,
        discard: (late) => {
          const handles = Object.values(fromWire(late.outputs, epoch)).filter(isTensorHandle);
          this.#forget(this.release(handles));
        },
      },
    );
    return { outputs: fromWire(outputs, epoch), computeMs };
  }

  async unload(session: RuntimeSession): Promise<void> {
    if (session.epoch === this.#epoch) await this.#free({ kind: 'unload', session: session.id }, `freeing ${session.label}`);
  }

  async release(handles: readonly TensorHandle[]): Promise<void> {
    const live = handles.filter(({ epoch }) => epoch === this.#epoch).map(({ id }) => id);
    if (live.length > 0) await this.#free({ kind: 'release', handles: live }, 'freeing kept tensors');
  }

  async releaseOwner(owner: string): Promise<void> {
    await this.#free({ kind: 'releaseOwner', owner }, `freeing kept tensors of ${owner}`);
  }

  async memory(): Promise<RuntimeMemory> {
    if (!this.#life && !this.#disposed) return { rss: 0, peakRss: 0, handles: 0, sessions: 0 };
    return (await this.#alive()).call({ kind: 'memory' }, { work: 'counting memory' });
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#life?.end(disposed);
  }

  #alive(): Promise<RuntimeLife> {
    if (this.#disposed) return Promise.reject(disposed());
    if (!this.#started) {
      const started = this.#begin();
      const forget = (): void => {
        if (this.#started === started) this.#started = undefined;
      };
      started.then((life) => life.ended.then(forget), forget);
      this.#started = started;
    }
    return this.#started;
  }

  async #begin(): Promise<RuntimeLife> {
    try {
      return await this.#open(this.#device);
    } catch (error) {
      // A driver may take the whole process down while the device is tried.
      if (this.#device === 'cpu' || !isHostError(error) || error.code !== 'RUNTIME_DIED') throw startError(error);
      this.#fallBack(error.message);
      return this.#open('cpu').catch((second: unknown) => Promise.reject(startError(second)));
    }
  }

  async #open(device: string): Promise<RuntimeLife> {
    const { log, stuckAfterMs, open, threads } = this.#options;
    if (this.#disposed) throw disposed();
    const life = new RuntimeLife(open, stuckAfterMs, (text) => log?.debug(`runtime: ${text}`));
    this.#life = life;
    void life.ended.then((how) => this.#ended(life, how));
    const chosen = await life.call({ kind: 'start', device, threads }, { work: 'its start' });
    this.#build = { version: chosen.version, devices: chosen.devices };
    if (chosen.problem) this.#fallBack(chosen.problem);
    return life;
  }

  #fallBack(problem: string): void {
    this.#options.log?.warn(`device ${this.#device} is not available, the CPU is used instead: ${ortProblem(problem)}`);
    this.#device = 'cpu';
  }

  #ended(life: RuntimeLife, how: string): void {
    if (this.#life !== life) return;
    this.#life = undefined;
    this.#epoch = nextEpoch();
    if (!this.#disposed) this.#options.log?.warn(`the runtime process ended (${how}); the next call starts another`);
  }

  #wired(feeds: RuntimeFeeds): Record<string, ReturnType<typeof toWire>[]> {
    for (const value of Object.values(feeds).flat())
      if (isTensorHandle(value) && value.epoch !== this.#epoch)
        throw new HostError('HANDLE_STALE', { epoch: value.epoch, now: this.#epoch });
    return Object.fromEntries(Object.entries(feeds).map(([name, values]) => [name, values.map(toWire)]));
  }

  async #realFolder(graph: RuntimeGraph): Promise<string> {
    try {
      return await realpath(graph.externalFolder);
    } catch (error) {
      const problem = `its weights folder ${graph.externalFolder} cannot be read (${(error as Error).message})`;
      throw new HostError('RUNTIME_REFUSED', { work: `the load of ${graph.label}`, problem });
    }
  }

  /** Freeing ends well when the process is gone: everything is freed then. */
  async #free(request: UnloadRequest | ReleaseRequest | ReleaseOwnerRequest, work: string): Promise<void> {
    try {
      await (await this.#started)?.call(request, { work });
    } catch (error) {
      if (!isHostError(error) || !GONE.includes(error.code)) throw error;
    }
  }

  #forget(freed: Promise<void>): void {
    freed.catch((error: unknown) => this.#options.log?.warn(String(error)));
  }
}

function startError(error: unknown): unknown {
  if (!isHostError(error) || error.code === 'HOST_DISPOSED') return error;
  const problem = error.code === 'RUNTIME_REFUSED' ? error.data.problem : error.message;
  return new HostError('RUNTIME_START', { problem }, { cause: error });
}
