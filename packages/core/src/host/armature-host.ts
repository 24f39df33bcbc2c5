import { HostError, type Logger } from '@armature/sdk';
import type { ExtensionReport, GenerationResult, Host, HostConfig, ModelReport, RunOptions, TidyReport } from '../api/index.js';
import { hostVersion } from '../api/index.js';
import type { Catalogue } from '../checkpoint/index.js';
import type { Scope } from '../di/index.js';
import type { Generation } from '../generation/index.js';
import { type Engine, ModelStore, type RunningJobs, txt2img } from '../pipeline/index.js';
import { QUEUE, RNG, TOKENIZER } from './host-tokens.js';
import { RUNTIME_ROOM } from './runtime-room.js';

/** What a host is made of; see `createHost`. */
export interface HostParts {
  readonly config: HostConfig;
  readonly scope: Scope;
  readonly catalogue: Catalogue;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly running: RunningJobs;
  readonly log: Logger;
  /** Builds generation `number` from the configuration. */
  readonly build: (number: number) => Promise<Generation>;
}

/** The engine behind the `Host` interface. */
export class ArmatureHost implements Host {
  readonly version = hostVersion;
  readonly #parts: HostParts;
  readonly #models: ModelStore;
  #generation: Generation;
  #disposed = false;
  readonly #closing = new AbortController();

  constructor(parts: HostParts, generation: Generation) {
    this.#parts = parts;
    this.#generation = generation;
    this.#models = new ModelStore(parts.catalogue, parts.log);
  }

  async txt2img(request: Parameters<Host['txt2img']>[0], options: RunOptions = {}): Promise<GenerationResult> {
    const queue = this.#parts.scope.get(QUEUE);
    return this.#inGeneration(options.signal, (engine, signal) =>
      queue.run(async () => txt2img(await engine(), request, { ...options, signal }), signal),
    );
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

  /** A job of an extension, on the generation in force; it does not wait for the job that asks. */
  child(request: Parameters<Host['txt2img']>[0], given: AbortSignal | undefined): Promise<GenerationResult> {
    return this.#inGeneration(given, async (engine, signal) => txt2img(await engine(), request, { signal }));
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
    const { scope } = this.#parts;
    const steps = [
      () => this.#generation.release(),
      () => scope.get(RUNTIME_ROOM).dispose(),
      () => this.#models.dispose(),
      () => scope.dispose(),
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

  /** Keeps the generation alive for one job, which ends when its caller or the host says so. */
  async #inGeneration<T>(
    given: AbortSignal | undefined,
    work: (engine: () => Promise<Engine>, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    this.#assertOpen();
    const signal = AbortSignal.any(given ? [given, this.#closing.signal] : [this.#closing.signal]);
    const generation = this.#generation;
    generation.retain();
    try {
      return await work(() => this.#engine(generation), signal);
    } finally {
      await generation.release();
    }
  }

  async #engine(generation: Generation): Promise<Engine> {
    const { scope, settings, log, config } = this.#parts;
    return {
      version: `Armature ${this.version}`,
      generation,
      models: this.#models,
      ...(await scope.get(RUNTIME_ROOM).open()),
      running: this.#parts.running,
      tokenizer: scope.get(TOKENIZER),
      imageNoise: scope.get(RNG),
      settings,
      threads: config.threads ?? 0,
      log,
    };
  }

  #assertOpen(): void {
    if (this.#disposed) throw new HostError('HOST_DISPOSED');
  }
}
