import type { ContributionKind, Fault } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type {
  CachedWeightsReport,
  Contributed,
  DescribeOptions,
  ExtensionReport,
  ExtensionTiming,
  GenerationResult,
  Host,
  MergeInput,
  MergeOptions,
  MergeReport,
  ModelFileReport,
  ModelFolderReport,
  ModelReport,
  Pasted,
  PictureInfo,
  ReloadOptions,
  RequestInput,
  RunOptions,
  RuntimeReport,
  Settings,
  StyleReport,
  TapReport,
  TidyReport,
} from '../api/index.js';
import { hostVersion } from '../api/index.js';
import type { Generation } from '../generation/index.js';
import { pasteInfotext } from '../paste/index.js';
import { checkRequest, type Engine, listUpscalers, ModelStore, resolveSettings, runJob } from '../pipeline/index.js';
import { answerRoute } from './answer-route.js';
import { createEngine } from './create-engine.js';
import { describeModel } from './describe-model.js';
import { explainHook } from './explain-hook.js';
import { Generations } from './generations.js';
import type { BuiltGeneration, HostParts } from './host-parts.js';
import { QUEUE } from './host-tokens.js';
import { inspectFolders } from './inspect-folders.js';
import { JobRoom } from './job-room.js';
import { listModels } from './list-models.js';
import { mergeModels } from './merge-models.js';
import { readAllStyles } from './read-all-styles.js';
import { readPictureInfo } from './read-picture-info.js';
import { runAll } from './run-all.js';
import { RUNTIME_ROOM } from './runtime-room.js';
import { TimingBook } from './timing-book.js';

type Turn = Engine['turn'];

/** The engine behind the `Host` interface. */
export class ArmatureHost implements Host {
  readonly version = hostVersion;
  readonly data: string;
  readonly #parts: HostParts;
  readonly #models: ModelStore;
  readonly #jobs = new JobRoom();
  readonly #generations: Generations;
  readonly #timings = new TimingBook();
  /** Options that were changed since the start. */
  #changed: Readonly<Record<string, unknown>> = {};
  #closing: Promise<void> | undefined;

  constructor(parts: HostParts, built: BuiltGeneration) {
    this.#parts = parts;
    this.data = parts.data;
    const { catalogue, build, log } = parts;
    const swapped = ({ registry }: Generation): void => catalogue.useFolders(registry.list('modelFolder').map((entry) => entry.value));
    swapped(built.generation);
    this.#generations = new Generations(built, { build, swapped, log });
    this.#models = new ModelStore(catalogue, parts.scope.get(RUNTIME_ROOM), log);
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

  async check(request: RequestInput): Promise<void> {
    this.#assertOpen();
    const { settings } = await this.#generations.retained((generation) => checkRequest({ generation }, request));
    this.#resolved(settings);
  }

  async paste(text: string): Promise<Pasted> {
    this.#assertOpen();
    const { catalogue, log } = this.#parts;
    const styles = await readAllStyles(catalogue);
    const settings = this.#resolved();
    return this.#generations.retained((generation) => pasteInfotext({ generation, catalogue, styles, settings, log }, text));
  }

  async pictureInfo(bytes: Uint8Array, name?: string): Promise<PictureInfo> {
    this.#assertOpen();
    return readPictureInfo(this.#generations.current.registry, bytes, name);
  }

  async models(kind = 'checkpoint'): Promise<readonly ModelReport[]> {
    this.#assertOpen();
    return listModels(kind, this.#parts, this.#generations.current);
  }

  async modelFolders(): Promise<readonly ModelFolderReport[]> {
    this.#assertOpen();
    return inspectFolders(this.#parts.catalogue);
  }

  async describeModel(name: string, options: DescribeOptions = {}): Promise<ModelFileReport> {
    this.#assertOpen();
    return this.#generations.retained((generation) => describeModel(this.#parts.catalogue, generation.registry, name, options));
  }

  async cachedWeights(): Promise<readonly CachedWeightsReport[]> {
    this.#assertOpen();
    return this.#parts.weightsCache.list();
  }

  async clearCachedWeights(): Promise<{ readonly files: number; readonly bytes: number }> {
    this.#assertOpen();
    return this.#parts.weightsCache.clear();
  }

  async tidy(options: { readonly dryRun: boolean }): Promise<TidyReport> {
    this.#assertOpen();
    return this.#parts.catalogue.tidy(options);
  }

  async mergeModels(request: MergeInput, { signal, ...options }: MergeOptions = {}): Promise<MergeReport> {
    this.#assertOpen();
    return this.#jobs.run(signal, (inner) => mergeModels(this.#parts.catalogue, request, { ...options, signal: inner }));
  }

  extensions(): readonly ExtensionReport[] {
    return this.#generations.current.extensions();
  }

  faults(): readonly Fault[] {
    return this.#generations.current.faults;
  }

  timings(): readonly ExtensionTiming[] {
    return this.#timings.report();
  }

  explain(hook: string): readonly TapReport[] {
    return explainHook(this.#generations.current, hook);
  }

  async runtime(): Promise<RuntimeReport> {
    this.#assertOpen();
    return this.#parts.scope.get(RUNTIME_ROOM).report();
  }

  contributions<K extends ContributionKind>(kind: K): readonly Contributed<K>[] {
    return this.#generations.current.registry.list(kind);
  }

  async styles(): Promise<readonly StyleReport[]> {
    this.#assertOpen();
    return readAllStyles(this.#parts.catalogue);
  }

  async refresh(kind?: string): Promise<void> {
    this.#assertOpen();
    await this.#parts.catalogue.refresh(kind);
  }

  settings(): Readonly<Record<string, unknown>> {
    return this.#resolved();
  }

  configure(changes: Readonly<Record<string, unknown>>): void {
    this.#resolved(changes);
    this.#changed = { ...this.#changed, ...changes };
  }

  async answer(request: Request): Promise<Response | undefined> {
    this.#assertOpen();
    return this.#generations.retained((generation) => answerRoute(generation.registry, request));
  }

  async upscalers(): Promise<readonly Contributed<'upscaler'>[]> {
    this.#assertOpen();
    return this.#generations.retained(({ registry }) => listUpscalers(registry));
  }

  samplers(): readonly string[] {
    return this.#generations.current.registry.list('sampler').map((item) => item.value.name);
  }

  schedulers(): readonly string[] {
    return ['Automatic', ...this.#generations.current.registry.list('scheduler').map((item) => item.value.label)];
  }

  reload(options: ReloadOptions = {}): Promise<void> {
    return this.#generations.reload(options, () => this.#assertOpen());
  }

  dispose(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #make(request: RequestInput, options: RunOptions & { readonly signal: AbortSignal }, turn: Turn): Promise<GenerationResult> {
    const own = { models: this.#models, generation: this.#generations.current, settings: this.#stored(), turn };
    const engine = createEngine(this.#parts, own);
    return this.#timings.counted(await this.#generations.retained(() => runJob(engine, request, options)));
  }

  #stored(): Readonly<Record<string, unknown>> {
    return { ...this.#generations.settings, ...this.#changed };
  }

  #resolved(overrides: Readonly<Record<string, unknown>> = {}): Settings {
    const contributed = this.contributions('setting').map(({ value }) => value);
    return resolveSettings({ stored: this.#stored(), overrides, contributed });
  }

  async #close(): Promise<void> {
    const { scope, catalogue } = this.#parts;
    await runAll([
      () => this.#jobs.close(new HostError('HOST_DISPOSED')),
      () => this.#generations.settled(),
      () => this.#models.dispose(this.#generations.current),
      () => this.#generations.current.release(),
      () => scope.get(RUNTIME_ROOM).dispose(),
      () => catalogue.dispose(),
      () => scope.dispose(),
    ]);
  }

  #assertOpen(): void {
    if (this.#closing) throw new HostError('HOST_DISPOSED');
  }
}
