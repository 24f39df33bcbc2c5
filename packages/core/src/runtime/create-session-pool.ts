import { isHostError, type Logger } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { cancellable } from './cancellable.js';
import { PoolEntry } from './pool-entry.js';
import type { RunOptions, RunResult, Runtime, RuntimeFeeds, RuntimeSession } from './runtime.js';
import type { AcquireRequest, Lease, SessionPool, SessionPoolStats } from './session-pool.js';

export interface SessionPoolOptions {
  readonly runtime: Runtime;
  /** Sum of `weightBytes` that may be loaded at a time. */
  readonly budgetBytes: number;
  readonly log?: Logger | undefined;
}

const mebibytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20);

class LruSessionPool implements SessionPool {
  readonly #options: SessionPoolOptions;
  /** What a key finds, least recently used first. */
  readonly #found = new Map<string, PoolEntry>();
  /** Everything that is loaded or being loaded, also what no key finds any more. */
  readonly #entries = new Set<PoolEntry>();
  #hits = 0;
  #loads = 0;
  #evictions = 0;
  #disposed = false;

  constructor(options: SessionPoolOptions) {
    this.#options = options;
  }

  async acquire(key: string, request: AcquireRequest): Promise<Lease> {
    const { signal } = request;
    for (;;) {
      if (this.#disposed) throw new HostError('HOST_DISPOSED');
      if (signal?.aborted) throw new HostError('JOB_CANCELLED');
      this.#dropDead();
      const found = this.#found.get(key);
      const entry = found ?? this.#begin(key, request);
      entry.leases++;
      try {
        await cancellable(entry.loaded, signal);
      } catch (error) {
        await this.#giveBack(entry);
        // Another job began this load and was cancelled; ours was not.
        if (found && isHostError(error) && error.code === 'JOB_CANCELLED' && !signal?.aborted) continue;
        throw error;
      }
      if (entry.session && (entry.cacheable || !found)) {
        if (found) this.#hits++;
        return this.#lease(entry, entry.session);
      }
      await this.#giveBack(entry);
    }
  }

  async evict(which: string | ((key: string) => boolean)): Promise<void> {
    const accepts = typeof which === 'string' ? (key: string) => key.startsWith(which) : which;
    await Promise.all([...this.#found.values()].filter(({ key }) => accepts(key)).map((entry) => this.#drop(entry)));
  }

  stats(): SessionPoolStats {
    return {
      entries: [...this.#entries].map(({ key, label, bytes, leases }) => ({ key, label, bytes, leases })),
      usedBytes: this.#used(),
      budgetBytes: this.#options.budgetBytes,
      hits: this.#hits,
      loads: this.#loads,
      evictions: this.#evictions,
    };
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#found.clear();
    await Promise.all([...this.#entries].map((entry) => this.#free(entry)));
  }

  #begin(key: string, request: AcquireRequest): PoolEntry {
    const entry = new PoolEntry(key, request.label);
    this.#found.set(key, entry);
    this.#entries.add(entry);
    entry.loaded = this.#load(entry, request);
    // Everyone who waited may have been cancelled.
    entry.loaded.catch(() => undefined);
    return entry;
  }

  async #load(entry: PoolEntry, { emit, options }: AcquireRequest): Promise<void> {
    try {
      const { graph, cacheable } = await emit();
      entry.cacheable = cacheable;
      if (!cacheable) this.#hide(entry);
      await this.#makeRoom(graph.weightBytes, entry.label);
      entry.bytes = graph.weightBytes;
      this.#loads++;
      entry.session = await this.#options.runtime.load(graph, options);
    } catch (error) {
      this.#hide(entry);
      this.#entries.delete(entry);
      throw error;
    }
    if (this.#disposed || this.#abandoned(entry)) await this.#free(entry);
    if (this.#disposed) throw new HostError('HOST_DISPOSED');
  }

  /** Evicts until `bytes` more fit. Nothing may be awaited between its end and the booking of the bytes. */
  async #makeRoom(bytes: number, label: string): Promise<void> {
    const { budgetBytes, log } = this.#options;
    while (this.#used() + bytes > budgetBytes) {
      const victim = [...this.#found.values()].find(({ leases, session }) => leases === 0 && session);
      if (!victim) {
        const needed = mebibytes(this.#used() + bytes);
        throw new HostError('RUNTIME_MEMORY', { work: label, needed, budget: mebibytes(budgetBytes), own: mebibytes(bytes) });
      }
      log?.debug(`pool: ${victim.label} makes room for ${label}`);
      this.#evictions++;
      await this.#drop(victim);
    }
  }

  #lease(entry: PoolEntry, session: RuntimeSession): Lease {
    const { runtime } = this.#options;
    let open = true;
    this.#touch(entry);
    return {
      key: entry.key,
      inputs: session.inputs,
      shapes: session.shapes,
      async run(feeds: RuntimeFeeds, options?: RunOptions): Promise<RunResult> {
        if (!open) throw new HostError('INTERNAL', { problem: `the session of ${entry.label} was used after its lease had ended` });
        return runtime.run(session, feeds, options);
      },
      release: async () => {
        if (!open) return;
        open = false;
        this.#touch(entry);
        await this.#giveBack(entry);
      },
    };
  }

  async #giveBack(entry: PoolEntry): Promise<void> {
    entry.leases--;
    if (this.#abandoned(entry)) await this.#free(entry);
  }

  /** Lets no key find it any more, and frees it as soon as nobody uses it. */
  async #drop(entry: PoolEntry): Promise<void> {
    this.#hide(entry);
    if (this.#abandoned(entry)) await this.#free(entry);
  }

  #hide(entry: PoolEntry): void {
    if (this.#found.get(entry.key) === entry) this.#found.delete(entry.key);
  }

  #abandoned(entry: PoolEntry): boolean {
    return entry.leases === 0 && this.#found.get(entry.key) !== entry;
  }

  async #free(entry: PoolEntry): Promise<void> {
    // While it is being loaded, the end of the load frees it.
    if (!entry.session || !this.#entries.delete(entry)) return;
    await this.#options.runtime.unload(entry.session);
  }

  /** Sessions of an earlier runtime life take no memory and cannot run. */
  #dropDead(): void {
    const { epoch } = this.#options.runtime;
    for (const entry of this.#entries) {
      if (!entry.session || entry.session.epoch === epoch) continue;
      this.#hide(entry);
      this.#entries.delete(entry);
    }
  }

  #touch(entry: PoolEntry): void {
    if (this.#found.get(entry.key) !== entry) return;
    this.#found.delete(entry.key);
    this.#found.set(entry.key, entry);
  }

  #used(): number {
    let bytes = 0;
    for (const entry of this.#entries) bytes += entry.bytes;
    return bytes;
  }
}

/** A pool over one runtime. It owns its sessions, not the runtime. */
export const createSessionPool = (options: SessionPoolOptions): SessionPool => new LruSessionPool(options);
