import { freemem, totalmem } from 'node:os';
import { createToken, type Logger } from '@armature/sdk';
import { createSessionPool, type Runtime, type SessionPool } from '../runtime/index.js';

/** The runtime and the sessions loaded in it. */
export interface RuntimeParts {
  readonly runtime: Runtime;
  readonly sessions: SessionPool;
}

/** Opens runtime and pool together when they are first needed; belongs to the host. */
export class RuntimeRoom {
  readonly #start: () => Promise<Runtime>;
  readonly #budgetBytes: number;
  readonly #log: Logger;
  #parts: Promise<RuntimeParts> | undefined;

  /** `memory`: budget of the pool, MiB. */
  constructor(start: () => Promise<Runtime>, memory: number | undefined, log: Logger) {
    this.#start = start;
    this.#budgetBytes = (memory ?? defaultBudgetMiB()) * 2 ** 20;
    this.#log = log;
  }

  /** A start that failed is not kept: the next job tries again. @throws HostError RUNTIME_START, DEVICE_UNKNOWN */
  open(): Promise<RuntimeParts> {
    const parts = this.#parts ?? this.#make();
    this.#parts = parts;
    return parts;
  }

  async dispose(): Promise<void> {
    const parts = await this.#parts?.catch(() => undefined);
    await parts?.sessions.dispose();
  }

  async #make(): Promise<RuntimeParts> {
    try {
      const runtime = await this.#start();
      return { runtime, sessions: createSessionPool({ runtime, budgetBytes: this.#budgetBytes, log: this.#log }) };
    } catch (error) {
      this.#parts = undefined;
      throw error;
    }
  }
}

/** Three quarters of the machine's memory, or what is free of it if that is more. */
const defaultBudgetMiB = (): number => Math.max(totalmem() * 0.75, freemem()) / 2 ** 20;

export const RUNTIME_ROOM = createToken<RuntimeRoom>('armature.core.runtime-room');
