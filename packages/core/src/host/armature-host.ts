import type { Fault } from '@armature/sdk';
import { HostError, hookCatalogue } from '@armature/sdk/host';
import type {
  ExtensionReport,
  GenerationResult,
  Host,
  ModelFolderReport,
  ModelReport,
  Pasted,
  PictureInfo,
  ReloadOptions,
  RequestInput,
  RunOptions,
  RuntimeReport,
  TapReport,
  TidyReport,
} from '../api/index.js';
import { hostVersion } from '../api/index.js';
import { nearestNames } from '../checkpoint/index.js';
import type { Generation } from '../generation/index.js';
import { readPictureText } from '../image/index.js';
import { novelAiInfotext, pasteInfotext } from '../paste/index.js';
import { type Engine, ModelStore, resolveSettings, runJob } from '../pipeline/index.js';
import { type PromptStyle, readStyles } from '../prompt/index.js';
import type { BuiltGeneration, HostParts } from './host-parts.js';
import { CLOCK, QUEUE, RNG, TOKENIZER } from './host-tokens.js';
import { inspectFolders } from './inspect-folders.js';
import { JobRoom } from './job-room.js';
import { listModels } from './list-models.js';
import { RUNTIME_ROOM } from './runtime-room.js';

type Turn = Engine['turn'];

const hookNames = Object.entries(hookCatalogue).flatMap(([phase, hooks]) => Object.keys(hooks).map((hook) => `${phase}.${hook}`));

/** The engine behind the `Host` interface. */
export class ArmatureHost implements Host {
  readonly version = hostVersion;
  readonly #parts: HostParts;
  readonly #models: ModelStore;
  readonly #jobs = new JobRoom();
  #built: BuiltGeneration;
  /** Generations that were built, those turned down too: no two share a number. */
  #tries = 1;
  #reloading: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(parts: HostParts, built: BuiltGeneration) {
    this.#parts = parts;
    this.#built = built;
    parts.catalogue.useFolders(built.generation.registry.list('modelFolder').map((entry) => entry.value));
    this.#models = new ModelStore(parts.catalogue, parts.scope.get(RUNTIME_ROOM), parts.log);
  }

  async txt2img(request: RequestInput, options: RunOptions = {}): Promise<GenerationResult> {
    this.#assertOpen();
    const queue = this.#parts.scope.get(QUEUE);
    return this.#jobs.run(options.signal, (signal, within) =>
      this.#make(request, { ...options, signal }, (work, waiting) => queue.run(() => within(work), waiting)),
    );
  }

  async img2img(request: RequestInput, options: RunOptions = {}): Promise<GenerationResult> {
    if (!request.init) throw new HostError('REQUEST_INVALID', { field: 'init', problem: 'image to image needs a picture', seen: 'none' });
    return this.txt2img(request, options);
  }

  /** A job of an extension, on the generation in force; it does not wait for the job that asks. @throws HostError JOB_NESTED */
  async child(request: RequestInput, given: AbortSignal | undefined): Promise<GenerationResult> {
    this.#assertOpen();
    return this.#jobs.runInside(given, (signal) => this.#make(request, { signal }, (work) => work()));
  }

  async paste(text: string): Promise<Pasted> {
    this.#assertOpen();
    const { generation, settings } = this.#built;
    const { catalogue, log } = this.#parts;
    generation.retain();
    try {
      return await pasteInfotext({ generation, catalogue, styles: await this.#styles(), settings: resolveSettings(settings), log }, text);
    } finally {
      await this.#release(generation);
    }
  }

  async pictureInfo(bytes: Uint8Array, name?: string): Promise<PictureInfo> {
    this.#assertOpen();
    const text = await readPictureText(bytes, { name });
    const samplers = this.#built.generation.registry.list('sampler').map((entry) => entry.value);
    return { ...text, parameters: novelAiInfotext(text, samplers) ?? text.parameters };
  }

  async models(kind = 'checkpoint'): Promise<readonly ModelReport[]> {
    this.#assertOpen();
    return listModels(kind, this.#parts, this.#built.generation);
  }

  async modelFolders(): Promise<readonly ModelFolderReport[]> {
    this.#assertOpen();
    return inspectFolders(this.#parts.catalogue);
  }

  async tidy(options: { readonly dryRun: boolean }): Promise<TidyReport> {
    this.#assertOpen();
    return this.#parts.catalogue.tidy(options);
  }

  extensions(): readonly ExtensionReport[] {
    return this.#built.generation.extensions();
  }

  faults(): readonly Fault[] {
    return this.#built.generation.faults;
  }

  explain(hook: string): readonly TapReport[] {
    const taps = this.#built.generation.explain(hook);
    if (taps) return taps;
    const nearest = nearestNames(hookNames, hook).slice(0, 5).join(', ');
    throw new HostError('REQUEST_INVALID', { field: 'hook', problem: `there is no such hook; nearest are ${nearest}`, seen: hook });
  }

  async runtime(): Promise<RuntimeReport> {
    this.#assertOpen();
    const { runtime } = await this.#parts.scope.get(RUNTIME_ROOM).open();
    const { version = '', devices = [runtime.device] } = runtime.build ?? {};
    return { version, device: runtime.device, devices, bytes: (await runtime.memory()).rss };
  }

  samplers(): readonly string[] {
    return this.#built.generation.registry.list('sampler').map((item) => item.value.name);
  }

  schedulers(): readonly string[] {
    return ['Automatic', ...this.#built.generation.registry.list('scheduler').map((item) => item.value.label)];
  }

  reload(options: ReloadOptions = {}): Promise<void> {
    const reloaded = this.#reloading.then(() => this.#swap(options));
    this.#reloading = reloaded.catch(() => undefined);
    return reloaded;
  }

  dispose(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Runs a job on the generation in force, which lives at least as long as the job. */
  async #make(request: RequestInput, options: RunOptions & { readonly signal: AbortSignal }, turn: Turn): Promise<GenerationResult> {
    const { generation } = this.#built;
    const engine = this.#engine(this.#built, turn);
    generation.retain();
    try {
      return await runJob(engine, request, options);
    } finally {
      await this.#release(generation);
    }
  }

  async #swap({ accept }: ReloadOptions): Promise<void> {
    this.#assertOpen();
    const previous = this.#built.generation;
    this.#tries += 1;
    const next = await this.#parts.build(this.#tries);
    let leaving = next.generation;
    try {
      if (accept && !accept({ extensions: () => next.generation.extensions(), faults: () => next.generation.faults })) return;
      this.#built = next;
      this.#parts.catalogue.useFolders(next.generation.registry.list('modelFolder').map((entry) => entry.value));
      leaving = previous;
    } finally {
      await this.#release(leaving);
    }
  }

  /** An extension that cannot be disposed is a fault of its generation, not of the job that was its last. */
  async #release(generation: Generation): Promise<void> {
    await generation
      .release()
      .catch((error: unknown) => this.#parts.log.warn(`generation ${generation.number} was disposed with errors: ${String(error)}`));
  }

  async #close(): Promise<void> {
    const { scope, catalogue } = this.#parts;
    const failures: unknown[] = [];
    const steps = [
      () => this.#jobs.close(new HostError('HOST_DISPOSED')),
      () => this.#reloading,
      () => this.#models.dispose(this.#built.generation),
      () => this.#built.generation.release(),
      () => scope.get(RUNTIME_ROOM).dispose(),
      () => catalogue.dispose(),
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

  #engine({ generation, settings }: BuiltGeneration, turn: Turn): Engine {
    const { scope, log, config, running } = this.#parts;
    return {
      version: `Armature ${this.version}`,
      generation,
      models: this.#models,
      runtime: scope.get(RUNTIME_ROOM),
      running,
      turn,
      tokenizer: scope.get(TOKENIZER),
      styles: () => this.#styles(),
      imageNoise: scope.get(RNG),
      clock: scope.get(CLOCK),
      settings,
      threads: config.threads ?? 0,
      log,
    };
  }

  async #styles(): Promise<readonly PromptStyle[]> {
    const files = await this.#parts.catalogue.filesBeside('styles.csv');
    return (await Promise.all(files.map(readStyles))).flat();
  }

  #assertOpen(): void {
    if (this.#closing) throw new HostError('HOST_DISPOSED');
  }
}
