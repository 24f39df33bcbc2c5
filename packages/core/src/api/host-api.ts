import type { Contributed, ContributionKind, Fault, Logger, ModelInfo, Raster, Token } from '@armature/sdk';
import type { Bundler } from './bundler.js';
import type { CachedWeightsReport } from './cached-weights-report.js';
import type { Consent } from './consent.js';
import type { ExtensionReport } from './extension-report.js';
import type { ExtrasInput } from './extras-schema.js';
import type { ExtensionTiming, GenerationResult } from './generation-result.js';
import type { MergeInput, MergeOptions, MergeReport } from './merge-schema.js';
import type { DescribeOptions, ModelFileReport } from './model-file-report.js';
import type { ModelFolderReport } from './model-folder-report.js';
import type { Pasted } from './pasted.js';
import type { PictureInfo } from './picture-info.js';
import type { PreprocessInput } from './preprocess-input.js';
import type { RequestInput } from './request-schema.js';
import type { RunOptions } from './run-options.js';
import type { RuntimeReport } from './runtime-report.js';
import type { TapReport } from './tap-report.js';
import type { WeightsCacheConfig } from './weights-cache-config.js';

export type { Contributed };

/** A model file. `family` is empty: it is known once the file is opened. */
export interface ModelReport extends ModelInfo {
  /** Kind of model folder: `checkpoint`, `vae`, `lora`… */
  readonly kind: string;
  readonly bytes: number;
  /** SHA-256 in hex, once it is known. */
  readonly hash?: string | undefined;
  /** The `.yaml` beside it. */
  readonly config?: string | undefined;
}

/** Pictures that were treated. */
export interface ExtrasResult {
  readonly images: readonly ExtrasImage[];
}

export interface ExtrasImage {
  readonly image: Raster;
  /** What was done, as the webui writes it: `Postprocess upscale by: 2.0, Postprocess upscaler: Lanczos`. Empty: nothing. */
  readonly infotext: string;
}

/** What `models tidy` moved, or would move, and what it leaves where it is. */
export interface TidyReport {
  readonly moves: readonly { readonly from: string; readonly to: string }[];
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
}

/** What a host is opened with; everything has a default. */
export interface HostConfig {
  /** Model roots, the webui's layout below each (`Stable-diffusion/`, `VAE/`, `Lora/`…; a webui folder with `models/` works too). Default: `models`. */
  readonly models?: readonly string[];
  /** Extension modules known at build time: manifest and definition. */
  readonly extensions?: readonly ExtensionSource[];
  /** Folders scanned for extension packages. */
  readonly extensionFolders?: readonly string[];
  /** Folders scanned for single-file scripts. */
  readonly scriptFolders?: readonly string[];
  /** Ids of scripts that run whatever they ask for. `true`: all (tests). */
  readonly allowScripts?: readonly string[] | true;
  /** What the user has agreed to. A script named here needs no word in `allowScripts`; a package that asks for more than stands here waits. */
  readonly consents?: readonly Consent[];
  /** Options by extension id. */
  readonly options?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Ids in an order that settles strangers. */
  readonly order?: readonly string[];
  /** Host options, webui names where one exists. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** `cpu`, `webgpu`, `cuda`, `dml`, `coreml`. Falls back to cpu with a warning. */
  readonly device?: string;
  /** CPU threads of the runtime; 0: ONNX Runtime decides. */
  readonly threads?: number;
  /** MiB that loaded weights may take, and that one step may. Default: three quarters of the machine's memory. */
  readonly memory?: number;
  /** Whether and how float32 copies of weights are kept in the data folder. Default `on`. */
  readonly weightsCache?: 'on' | 'off' | WeightsCacheConfig;
  /** Application data folder (hash cache, extension storage). Default: the system's place for it. */
  readonly data?: string;
  /**
   * Looks on at the model folders: what is put there, changed or removed is in lists a moment later, and extensions are told
   * (`CATALOGUE.onChange`). Default true. Without it a new file is found when something asks for it by name.
   */
  readonly watch?: boolean;
  /** Milliseconds a tap, a setup or a disposer may take. Default 30,000. */
  readonly hookTimeout?: number;
  /** Faulted jobs in a row that trip an extension. Default 3. */
  readonly tripAfter?: number;
  /** Default: warnings and errors on stderr. */
  readonly log?: Logger;
  /** Replacements for what the host would make itself, by token: `RUNTIME`, `TOKENIZER`, `QUEUE`, `LOG`, … That of `STORAGE` is asked once for each extension, with its id. */
  // biome-ignore lint/suspicious/noExplicitAny: each pair has its own type
  readonly provide?: readonly (readonly [Token<any>, (extension: string) => any])[];
  /** Makes extensions in TypeScript loadable. */
  readonly bundler?: Bundler;
}

/** An extension handed over by the embedder. */
export interface ExtensionSource {
  /** The `armature` block of its package.json plus name and version, or the path of its folder. */
  readonly manifest?: Readonly<Record<string, unknown>>;
  readonly definition?: unknown;
  /** Beside `definition`: where the files stand that the extension came with (lists, ONNX models). */
  readonly folder?: string;
  /** Folder with a package.json, or an npm package name resolved from the working folder. */
  readonly from?: string;
  /** Beside `from`: loads what the manifest calls its `source`, where it does, in place of the built entry. For `armature dev`. */
  readonly source?: boolean;
}

/** A row of the styles files. */
export interface StyleReport {
  readonly name: string;
  readonly prompt: string;
  readonly negativePrompt: string;
}

/** How extensions are loaded anew. */
export interface ReloadOptions {
  /** Asked once the next generation stands and before it is used. */
  readonly accept?: (next: Pick<Host, 'extensions' | 'faults'>) => boolean;
}

/** The engine in one object. Nothing global; `dispose()` gives everything back. */
export interface Host {
  /** Version of `@armature/core`. */
  readonly version: string;
  /** Absolute path of the application data folder. */
  readonly data: string;
  /**
   * Text → pictures. The request is checked and admitted at once, on the generation of extensions in force; then the job waits
   * for its turn. A cancelled job resolves, with status `cancelled`, whenever it was cancelled.
   * @throws HostError — the request: REQUEST_INVALID, SIZE_INVALID, SETTING_UNKNOWN, EXT_NOT_FOUND, SAMPLER_UNKNOWN,
   * SCHEDULER_UNKNOWN · the model: MODEL_NONE, MODEL_NOT_FOUND, CKPT_* · the run: GRAPH_*, RUNTIME_*, DEVICE_UNKNOWN,
   * SAMPLER_FAILED, OUTPUT_UNWRITABLE · extensions: JOB_REJECTED, JOB_FAULTED (strict), EXT_CONTRIBUTION_THREW · HOST_DISPOSED
   */
  txt2img(request: RequestInput, options?: RunOptions): Promise<GenerationResult>;
  /** Pictures and text → pictures; as `txt2img`, and throws IMAGE_INVALID for a picture that cannot be read. */
  img2img(request: RequestInput & { readonly init: NonNullable<RequestInput['init']> }, options?: RunOptions): Promise<GenerationResult>;
  /**
   * Checks a request as `txt2img` does before it begins, and runs nothing; `api.request` is not asked.
   * @throws HostError REQUEST_INVALID, SIZE_INVALID, SETTING_UNKNOWN, EXT_NOT_FOUND, IMAGE_INVALID, HOST_DISPOSED
   */
  check(request: RequestInput): Promise<void>;
  /**
   * A parameters text (of this program or of any webui release) → the request that makes its picture again, what of it is not
   * here, and what nobody understands. @throws HostError REQUEST_INVALID (over 500,000 characters), STYLES_INVALID, HOST_DISPOSED
   */
  paste(text: string): Promise<Pasted>;
  /**
   * Finished pictures enlarged (and faces restored). It waits for its turn as a generation does.
   * @throws HostError REQUEST_INVALID, IMAGE_INVALID, UPSCALER_UNKNOWN, RESTORER_UNKNOWN, JOB_CANCELLED, EXT_CONTRIBUTION_THREW, HOST_DISPOSED
   */
  extras(request: ExtrasInput, options?: Pick<RunOptions, 'signal'>): Promise<ExtrasResult>;
  /**
   * The map that a preprocessor makes of a picture. It waits for its turn as a generation does.
   * @throws HostError PREPROCESSOR_UNKNOWN, PREPROCESSOR_FILE, PREPROCESSOR_UNFIT, REQUEST_INVALID, IMAGE_INVALID, JOB_CANCELLED,
   * EXT_CONTRIBUTION_THREW, HOST_DISPOSED
   */
  preprocess(request: PreprocessInput, options?: Pick<RunOptions, 'signal'>): Promise<Raster>;
  /**
   * A parameters text → everything it means under the webui's names (`Prompt`, `Steps`, `Size-1`…), defaults put in.
   * @throws HostError REQUEST_INVALID (over 500,000 characters), STYLES_INVALID, HOST_DISPOSED
   */
  parameters(text: string): Promise<Readonly<Record<string, unknown>>>;
  /** Size and texts of a PNG, JPEG or WebP; `name` is what errors call it. @throws HostError IMAGE_INVALID, HOST_DISPOSED */
  pictureInfo(bytes: Uint8Array, name?: string): Promise<PictureInfo>;
  /** Models of a kind (default `checkpoint`), those of earlier roots first. @throws HostError HOST_DISPOSED, REQUEST_INVALID (unknown kind) */
  models(kind?: string): Promise<readonly ModelReport[]>;
  /**
   * What a model file holds and what is wrong with it, by name or absolute path.
   * @throws HostError MODEL_NOT_FOUND, REQUEST_INVALID (several kinds have the name, unknown kind), HOST_DISPOSED
   */
  describeModel(name: string, options?: DescribeOptions): Promise<ModelFileReport>;
  /** Plans (and unless `dryRun` makes) moves of misplaced model files into their folders. @throws HostError HOST_DISPOSED */
  tidy(options: { readonly dryRun: boolean }): Promise<TidyReport>;
  /**
   * Merges checkpoints into a new file of the first checkpoint folder, beside the queue; an interrupted merge leaves nothing.
   * @throws HostError REQUEST_INVALID, MODEL_NOT_FOUND, MERGE_UNFIT, OUTPUT_UNWRITABLE, JOB_CANCELLED, CKPT_*, HOST_DISPOSED
   */
  mergeModels(request: MergeInput, options?: MergeOptions): Promise<MergeReport>;
  /** Every extension that was found, in the order of the current generation. */
  extensions(): readonly ExtensionReport[];
  /** Faults outside jobs of the current generation: loading, setup, hooks that speak without a job. The latest 500. */
  faults(): readonly Fault[];
  /** Time that extensions have spent in the jobs that ended since the host was opened, by extension and hook. */
  timings(): readonly ExtensionTiming[];
  /** Who taps a hook (`sampling.guided`), in calling order, and why in this order. @throws HostError REQUEST_INVALID (unknown hook) */
  explain(hook: string): readonly TapReport[];
  /** Looks through all model folders and at the head of every file. @throws HostError HOST_DISPOSED */
  modelFolders(): Promise<readonly ModelFolderReport[]>;
  /** Copies in the weights cache, least recently used first; also while it is off. @throws HostError HOST_DISPOSED */
  cachedWeights(): Promise<readonly CachedWeightsReport[]>;
  /** Removes every copy; sessions that read one keep it until they are freed. @returns how many are gone, and their bytes. @throws HostError HOST_DISPOSED */
  clearCachedWeights(): Promise<{ readonly files: number; readonly bytes: number }>;
  /** Starts the runtime if no job has yet. @throws HostError RUNTIME_START, DEVICE_UNKNOWN, HOST_DISPOSED */
  runtime(): Promise<RuntimeReport>;
  /** What can be picked by name: the engine's own, then the extensions' in their order. */
  contributions<K extends ContributionKind>(kind: K): readonly Contributed<K>[];
  /** The styles files beside the models as they are now. @throws HostError STYLES_INVALID, HOST_DISPOSED */
  styles(): Promise<readonly StyleReport[]>;
  /** Frees the networks that no job uses, so that their memory is the machine's again; the next job loads what it needs. @throws HostError HOST_DISPOSED */
  unload(): Promise<void>;
  /** Looks at the model folders anew: at those of one kind, or at all. @throws HostError HOST_DISPOSED */
  refresh(kind?: string): Promise<void>;
  /** The options that jobs are admitted with, complete. */
  settings(): Readonly<Record<string, unknown>>;
  /**
   * Changes options for jobs admitted from now on, also over reloads; nothing is written to disk.
   * @throws HostError SETTING_UNKNOWN, REQUEST_INVALID; then nothing was changed
   */
  configure(changes: Readonly<Record<string, unknown>>): void;
  /** The answer of an extension's route to an HTTP request; undefined: there is no such route. @throws HostError EXT_CONTRIBUTION_THREW, HOST_DISPOSED */
  answer(request: Request): Promise<Response | undefined>;
  /** Every upscaler there is now, those of files among them: the engine's own, then the others by name. @throws HostError EXT_CONTRIBUTION_THREW, HOST_DISPOSED */
  upscalers(): Promise<readonly Contributed<'upscaler'>[]>;
  /** Names for `request.sampler`. */
  samplers(): readonly string[];
  /** Labels for `request.scheduler`, `Automatic` first. */
  schedulers(): readonly string[];
  /**
   * Builds the next generation of extensions and swaps to it; jobs that run or wait keep theirs. When it fails, or `accept` turns
   * it down, the current one stays. @throws HostError CONFIG_INVALID, SETTING_UNKNOWN, REQUEST_INVALID, HOST_DISPOSED
   */
  reload(options?: ReloadOptions): Promise<void>;
  /**
   * Cancels all jobs, waits for their end, and gives back extensions, sessions, files and the runtime process. Every call
   * waits for the same end. @throws AggregateError of what failed; the rest was given back all the same.
   */
  dispose(): Promise<void>;
}
