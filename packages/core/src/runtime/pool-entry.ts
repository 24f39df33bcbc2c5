import type { RuntimeSession } from './runtime.js';

/** One session of the pool, from the moment it is asked for. */
export class PoolEntry {
  readonly key: string;
  readonly label: string;
  /** Counted against the budget; 0 until the graph is known. */
  bytes = 0;
  /** Lent out, or waited for. */
  leases = 0;
  /** False once its graph turned out to serve one lease only. */
  cacheable = true;
  session: RuntimeSession | undefined;
  /** Settles when it is loaded, or could not be. */
  loaded: Promise<void> = Promise.resolve();

  constructor(key: string, label: string) {
    this.key = key;
    this.label = label;
  }
}
