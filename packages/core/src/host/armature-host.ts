import { freemem, totalmem } from 'node:os';
import { HostError, type Logger } from '@armature/sdk';
import type { Catalogue } from '../checkpoint/index.js';
import type { Scope } from '../di/index.js';
import { type Engine, ModelStore, txt2img } from '../pipeline/index.js';
import { createSessionPool, type Runtime, type SessionPool } from '../runtime/index.js';
import type { Generation } from './generation.js';
import type { ExtensionReport, GenerationResult, Host, HostConfig, ModelReport, RunOptions, TidyReport } from './host-api.js';
import { QUEUE, RUNTIME, TOKENIZER } from './host-tokens.js';
import { hostVersion } from './host-version.js';

/** What a host is made of; see `createHost`. */
export interface HostParts {
  readonly config: HostConfig;
  readonly scope: Scope;
  readonly catalogue: Catalogue;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly log: Logger;
  /** Builds generation `number` from the configuration. */
  readonly build: (number: number) => Promise<Generation>;
}

interface RuntimeParts {
  readonly runtime: Runtime;
  readonly sessions: SessionPool;
}

/** The engine behind the `Host` interface. */
export class ArmatureHost implements Host {
  readonly version = hostVersion;
  readonly #parts: HostParts;
  readonly #models: ModelStore;
  #generation: Generation;
  #engines: Promise<RuntimeParts> | undefined;
  #disposed = false;
  readonly #closing = new AbortController();

  constructor(parts: HostParts, generation: Generation) {
    this.#parts = parts;
    this.#generation = generation;
    this.#models = new ModelStore(parts.catalogue, parts.log);
  }

  async txt2img(request: Parameters<Host['txt2img']>[0], options: RunOptions = {}): Promise<GenerationResult> {
    this.#assertOpen();
    const signal = AbortSignal.any(options.signal ? [options.signal, this.#closing.signal] : [this.#closing.signal]);
    const generation = this.#generation;
    generation.retain();
    try {
      const queue = this.#parts.scope.get(QUEUE);
      return await queue.run(async () => txt2img(await this.#engine(generation), request, { ...options, signal }), signal);
    } finally {
      await generation.release();
    }
  }

  async models(kind = 'checkpoint'): Promise<readonly ModelReport[]> {
    this.#assertOpen();
    const entries = await this.#parts.catalogue.list(kind);
    return entries.map((entry) => ({
      kind,
      name: entry.name,
      title: entry.title,
      path: entry.path,
      bytes: entry.bytes,
      shortHash: entry.hash?.slice(0, 10),
      weightsId: `${entry.path}:${entry.bytes}:${entry.modified}`,
      family: '',
    }));
  }

  tidy(options: { readonly dryRun: boolean }): Promise<TidyReport> {
    this.#assertOpen();
    return this.#parts.catalogue.tidy(options);
  }

  extensions(): readonly ExtensionReport[] {
    return this.#generation.extensions();
  }

  samplers(): readonly string[] {
    return this.#generation.registry.list('sampler').map((item) => item.value.name);
  }

  schedulers(): readonly string[] {
    return ['Automatic', ...this.#generation.registry.list('scheduler').map((item) => item.value.label)];
  }

  async reload(): Promise<void> {
    this.#assertOpen();
    const previous = this.#generation;
    this.#generation = await this.#parts.build(previous.number + 1);
    await previous.release();
  }

  /** Cancels what runs, then gives back extensions, sessions, files and the runtime process. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#closing.abort(new HostError('HOST_DISPOSED'));
    await this.#parts.scope.get(QUEUE).idle();
    const failures: unknown[] = [];
    const engines = this.#engines;
    const steps = [
      () => this.#generation.release(),
      async () => (await engines?.catch(() => undefined))?.sessions.dispose(),
      () => this.#models.dispose(),
      () => this.#parts.scope.dispose(),
    ];
    for (const step of steps) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'The host was disposed with errors.');
  }

  async #engine(generation: Generation): Promise<Engine> {
    const { scope, settings, log, config } = this.#parts;
    this.#engines ??= this.#openRuntime();
    return {
      version: `Armature ${this.version}`,
      generation,
      models: this.#models,
      ...(await this.#engines),
      tokenizer: scope.get(TOKENIZER),
      settings,
      threads: config.threads ?? 0,
      log,
    };
  }

  async #openRuntime(): Promise<RuntimeParts> {
    try {
      const runtime = await this.#parts.scope.get(RUNTIME)();
      const budgetBytes = (this.#parts.config.memory ?? defaultBudgetMiB()) * 2 ** 20;
      return { runtime, sessions: createSessionPool({ runtime, budgetBytes, log: this.#parts.log }) };
    } catch (error) {
      this.#engines = undefined;
      throw error;
    }
  }

  #assertOpen(): void {
    if (this.#disposed) throw new HostError('HOST_DISPOSED');
  }
}

/** Three quarters of the machine's memory, or what is free of it if that is more. */
const defaultBudgetMiB = (): number => Math.max(totalmem() * 0.75, freemem()) / 2 ** 20;
