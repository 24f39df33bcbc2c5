import { isHostError } from '@armature/sdk';
import type { Lease } from '../../runtime/index.js';

/**
 * The sessions of one job. Each stays lent until the job ends, unless another does not fit into the memory budget beside it: then
 * those that do not run at that moment are given back, and taken again when they are next run. A job so gets along with memory for
 * its largest network alone.
 */
export class RoamingLeases {
  readonly #acquire: (network: string) => Promise<Lease>;
  readonly #warn: (problem: string) => void;
  readonly #held = new Map<string, Promise<Lease>>();
  readonly #running = new Map<string, number>();

  constructor(acquire: (network: string) => Promise<Lease>, warn: (problem: string) => void) {
    this.#acquire = acquire;
    this.#warn = warn;
  }

  /** @throws HostError as acquiring does */
  async lease(network: string): Promise<Lease> {
    const first = await this.#hold(network);
    return {
      ...first,
      run: async (...run) => {
        this.#count(network, 1);
        try {
          return await (await this.#hold(network)).run(...run);
        } finally {
          this.#count(network, -1);
        }
      },
      release: () => this.#giveBack(network),
    };
  }

  async release(): Promise<void> {
    await Promise.all([...this.#held.keys()].map((network) => this.#giveBack(network)));
  }

  #hold(network: string): Promise<Lease> {
    const known = this.#held.get(network);
    if (known) return known;
    const lease = this.#acquire(network).catch(async (error: unknown) => {
      if (!isHostError(error) || error.code !== 'RUNTIME_MEMORY') throw error;
      const idle = [...this.#held.keys()].filter((other) => other !== network && !this.#running.get(other));
      if (idle.length === 0) throw error;
      await Promise.all(idle.map((other) => this.#giveBack(other)));
      return this.#acquire(network);
    });
    this.#held.set(network, lease);
    return lease;
  }

  #count(network: string, more: number): void {
    this.#running.set(network, (this.#running.get(network) ?? 0) + more);
  }

  async #giveBack(network: string): Promise<void> {
    const held = this.#held.get(network);
    this.#held.delete(network);
    const lease = await held?.catch(() => undefined);
    await lease?.release().catch((error: unknown) => this.#warn(`A session could not be given back: ${String(error)}`));
  }
}
