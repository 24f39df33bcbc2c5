import type { SessionOptions } from '@armature/sdk';
import type { RunOptions, RunResult, RuntimeFeeds, RuntimeGraph, RuntimeShapes } from './runtime.js';

/** A session lent out. It stays loaded at least until it is given back. */
export interface Lease {
  readonly key: string;
  /** Names of its inputs. */
  readonly inputs: readonly string[];
  readonly shapes: RuntimeShapes;
  /** @throws HostError as `Runtime.run` does. */
  run(feeds: RuntimeFeeds, options?: RunOptions): Promise<RunResult>;
  /** Gives it back; a second call does nothing. */
  release(): Promise<void>;
}

export interface AcquireRequest {
  /** Names it in errors: `unet of tiny-sd1`. */
  readonly label: string;
  /** Makes the graph; not called on a hit. `cacheable: false`: the session serves this lease only. */
  readonly emit: () => Promise<{ readonly graph: RuntimeGraph; readonly cacheable: boolean }>;
  readonly options: SessionOptions;
  readonly signal?: AbortSignal | undefined;
}

export interface SessionPoolStats {
  readonly entries: readonly { readonly key: string; readonly label: string; readonly bytes: number; readonly leases: number }[];
  readonly usedBytes: number;
  readonly budgetBytes: number;
  readonly hits: number;
  readonly loads: number;
  readonly evictions: number;
}

/** Sessions by structural key, within a memory budget; the least recently used go first. */
export interface SessionPool {
  /**
   * Lends the session of `key`, loading it when needed. Concurrent calls for one key share one load.
   *
   * @throws HostError RUNTIME_MEMORY when it does not fit beside the leased ones; JOB_CANCELLED at once when `signal` aborts
   * (a load under way goes on and is kept for the next job); whatever `emit` and `Runtime.load` throw.
   */
  acquire(key: string, request: AcquireRequest): Promise<Lease>;
  /** Drops the sessions whose key starts with `which` or is accepted by it; leased ones once they are given back. */
  evict(which: string | ((key: string) => boolean)): Promise<void>;
  stats(): SessionPoolStats;
  /** Frees every session, leased or not. */
  dispose(): Promise<void>;
}
