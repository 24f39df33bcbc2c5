import type { ContributionKind, Fault, Raster } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type {
  CachedWeightsReport,
  Contributed,
  DescribeOptions,
  ExtensionReport,
  ExtensionTiming,
  ExtrasInput,
  ExtrasResult,
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
  PreprocessInput,
  ReloadOptions,
  RequestInput,
  RunOptions,
  RuntimeReport,
  StyleReport,
  TapReport,
  TidyReport,
} from '../api/index.js';
import { hostVersion } from '../api/index.js';
import type { Generation } from '../generation/index.js';
import { pasteInfotext, readParameters } from '../paste/index.js';
import { checkRequest, type Engine, listUpscalers, ModelStore, runExtras, runJob, runPreprocessor } from '../pipeline/index.js';
import { answerRoute } from './answer-route.js';
import { checkModel } from './check-model.js';
import { closeHost } from './close-host.js';
import { createEngine } from './create-engine.js';
import { describeModel } from './describe-model.js';
import { explainHook } from './explain-hook.js';
import { Generations } from './generations.js';
import type { BuiltGeneration, HostParts } from './host-parts.js';
import { HostSettings } from './host-settings.js';
import { QUEUE } from './host-tokens.js';
import { inspectFolders } from './inspect-folders.js';
import { JobRoom } from './job-room.js';
import { listModels } from './list-models.js';
import { mergeModels } from './merge-models.js';
import { pasting } from './pasting.js';
import { readAllStyles } from './read-all-styles.js';
import { readPictureInfo } from './read-picture-info.js';
import { RUNTIME_ROOM } from './runtime-room.js';
import { takeTurn } from './take-turn.js';
import { TimingBook } from './timing-book.js';

/** The engine behind the `Host` interface. */
export class ArmatureHost implements Host {
  readonly version = hostVersion;
  readonly data: string;
  readonly #parts: HostParts;
  readonly #models: ModelStore;
  readonly #jobs = new JobRoom();
  readonly #generations: Generations;
  readonly #timings = new TimingBook();
  readonly #settings: HostSettings;
  #closing: Promise<void> | undefined;

  constructor(parts: HostParts, built: BuiltGeneration) {
    this.#parts = parts;
    this.data = parts.data;
    const { catalogue, build, log } = parts;
    const swapped = ({ registry }: Generation): void => catalogue.useFolders(registry.list('modelFolder').map((entry) => entry.value));
    swapped(built.generation);
    this.#generations = new Generations(built, { build, swapped, log });
    this.#settings = new HostSettings(this.#generations);
    this.#models = new ModelStore(catalogue, parts.scope.get(RUNTIME_ROOM), log);
  }

  async txt2img(request: RequestInput, options: RunOptions = {}): Promise<GenerationResult> {
    const queue = this.#open.scope.get(QUEUE);
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
    this.#settings.resolved(settings);
  }

  async paste(text: string): Promise<Pasted> {
    this.#assertOpen();
    return this.#generations.retained(async (generation) =>
      pasteInfotext(await pasting(this.#parts, generation, this.#settings.resolved()), text),
    );
  }

  async parameters(text: string): Promise<Readonly<Record<string, unknown>>> {
    this.#assertOpen();
    const read = async (generation: Generation) => readParameters(await pasting(this.#parts, generation, this.#settings.resolved()), text);
    return Object.fromEntries((await this.#generations.retained(read)).parameters);
  }

  async extras(request: ExtrasInput, options: Pick<RunOptions, 'signal'> = {}): Promise<ExtrasResult> {
    return takeTurn(this.#open, this.#rooms, options.signal, (registry, signal, turn) =>
      runExtras(registry, request, { signal, settings: this.#settings.resolved() }, turn),
    );
  }

  async preprocess(request: PreprocessInput, options: Pick<RunOptions, 'signal'> = {}): Promise<Raster> {
    return takeTurn(this.#open, this.#rooms, options.signal, (registry, signal, turn) => runPreprocessor(registry, request, signal, turn));
  }

  async pictureInfo(bytes: Uint8Array, name?: string): Promise<PictureInfo> {
    this.#assertOpen();
    return readPictureInfo(this.#generations.current.registry, bytes, name);
  }

  async models(kind = 'checkpoint'): Promise<readonly ModelReport[]> {
    return listModels(kind, this.#open, this.#generations.current);
  }

  async modelFolders(): Promise<readonly ModelFolderReport[]> {
    return inspectFolders(this.#open.catalogue);
  }

  async describeModel(name: string, options: DescribeOptions = {}): Promise<ModelFileReport> {
    const { catalogue } = this.#open;
    const describe = options.check ? checkModel : describeModel;
    return this.#generations.retained((generation) => describe(catalogue, generation.registry, name, options));
  }

  async cachedWeights(): Promise<readonly CachedWeightsReport[]> {
    return this.#open.weightsCache.list();
  }

  async clearCachedWeights(): Promise<{ readonly files: number; readonly bytes: number }> {
    return this.#open.weightsCache.clear();
  }

  async tidy(options: { readonly dryRun: boolean }): Promise<TidyReport> {
    return this.#open.catalogue.tidy(options);
  }

  async mergeModels(request: MergeInput, { signal, ...options }: MergeOptions = {}): Promise<MergeReport> {
    return this.#jobs.run(signal, (inner) => mergeModels(this.#open.catalogue, request, { ...options, signal: inner }));
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
    return this.#open.scope.get(RUNTIME_ROOM).report();
  }

  contributions<K extends ContributionKind>(kind: K): readonly Contributed<K>[] {
    return this.#generations.current.registry.list(kind);
  }

  async styles(): Promise<readonly StyleReport[]> {
    return readAllStyles(this.#open.catalogue);
  }

  async refresh(kind?: string): Promise<void> {
    await this.#open.catalogue.refresh(kind);
  }

  async unload(): Promise<void> {
    await this.#open.scope.get(RUNTIME_ROOM).evict('');
  }

  settings(): Readonly<Record<string, unknown>> {
    return this.#settings.resolved();
  }

  configure(changes: Readonly<Record<string, unknown>>): void {
    this.#settings.change(changes);
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
    return this.#generations.current.registry.list('sampler').flatMap(({ value }) => (value.hidden ? [] : [value.name]));
  }

  schedulers(): readonly string[] {
    return ['Automatic', ...this.#generations.current.registry.list('scheduler').map((item) => item.value.label)];
  }

  reload(options: ReloadOptions = {}): Promise<void> {
    return this.#generations.reload(options, () => this.#assertOpen());
  }

  dispose(): Promise<void> {
    this.#closing ??= closeHost(this.#parts, { ...this.#rooms, models: this.#models });
    return this.#closing;
  }

  async #make(request: RequestInput, options: RunOptions & { readonly signal: AbortSignal }, turn: Engine['turn']) {
    const own = { models: this.#models, generation: this.#generations.current, settings: this.#settings.stored, turn };
    const engine = createEngine(this.#parts, own);
    return this.#timings.counted(await this.#generations.retained(() => runJob(engine, request, options)));
  }

  #assertOpen(): void {
    if (this.#closing) throw new HostError('HOST_DISPOSED');
  }

  get #rooms() {
    return { jobs: this.#jobs, generations: this.#generations };
  }

  /** The parts, while the host is open. */
  get #open(): HostParts {
    this.#assertOpen();
    return this.#parts;
  }
}
