import { totalmem } from 'node:os';
import { createToken, type Logger } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type { RuntimeReport } from '../api/index.js';
import type { RuntimeDoor, RuntimeParts } from '../pipeline/index.js';
import { createSessionPool, type Runtime } from '../runtime/index.js';

/** Opens runtime and pool together when they are first needed; belongs to the host. */
export class RuntimeRoom implements RuntimeDoor {
  readonly budgetBytes: number;
  readonly #start: () => Promise<Runtime>;
  readonly #log: Logger;
  #parts: Promise<RuntimeParts> | undefined;
  #disposed = false;

  /** `memory`: budget of the pool, MiB. */
  constructor(start: () => Promise<Runtime>, memory: number | undefined, log: Logger) {
    this.#start = start;
    this.budgetBytes = memory === undefined ? defaultBudget() : memory * 2 ** 20;
    this.#log = log;
  }

  /** A start that failed is not kept: the next job tries again. @throws HostError RUNTIME_START, DEVICE_UNKNOWN, HOST_DISPOSED */
  open(): Promise<RuntimeParts> {
    if (this.#disposed) return Promise.reject(new HostError('HOST_DISPOSED'));
    this.#parts ??= this.#make();
    return this.#parts;
  }

  /** What computes; starts it where nothing has. @throws HostError RUNTIME_START, DEVICE_UNKNOWN, HOST_DISPOSED */
  async report(): Promise<RuntimeReport> {
    const { runtime } = await this.open();
    const { version = '', devices = [runtime.device] } = runtime.build ?? {};
    return { version, device: runtime.device, devices, bytes: (await runtime.memory()).rss };
  }

  releaseOwner(owner: string): Promise<void> {
    return this.#ifOpen(({ runtime }) => runtime.releaseOwner(owner));
  }

  evict(keyPrefix: string): Promise<void> {
    return this.#ifOpen(({ sessions }) => sessions.evict(keyPrefix));
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    const parts = await this.#parts?.catch(() => undefined);
    await parts?.sessions.dispose();
  }

  /** Freeing something is never what a job fails of. */
  async #ifOpen(free: (parts: RuntimeParts) => Promise<void>): Promise<void> {
    try {
      const parts = await this.#parts?.catch(() => undefined);
      if (parts) await free(parts);
    } catch (error) {
      this.#log.warn(`The runtime could not free something: ${String(error)}`);
    }
  }

  async #make(): Promise<RuntimeParts> {
    try {
      const runtime = await this.#start();
      return { runtime, sessions: createSessionPool({ runtime, budgetBytes: this.budgetBytes, log: this.#log }) };
    } catch (error) {
      this.#parts = undefined;
      throw error;
    }
  }
}

/** Three quarters of the memory that this process may use. */
function defaultBudget(): number {
  const constrained = process.constrainedMemory();
  return Math.min(totalmem(), constrained > 0 ? constrained : Number.POSITIVE_INFINITY) * 0.75;
}

export const RUNTIME_ROOM = createToken<RuntimeRoom>('armature.core.runtime-room');
