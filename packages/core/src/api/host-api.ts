import type { Fault, GenerationRequest, Logger, ModelInfo, Raster, Token } from '@armature/sdk';

export type JobStage = 'queued' | 'model' | 'prompt' | 'graph' | 'sampling' | 'decode' | 'finish';

/** A snapshot of a running job. */
export interface JobProgress {
  readonly job: string;
  readonly stage: JobStage;
  /** 0-based batch of the job. */
  readonly iteration: number;
  readonly iterations: number;
  /** Sampler steps done and planned in this batch. */
  readonly step: number;
  readonly steps: number;
  /** Share of the whole job, 0…1. */
  readonly fraction: number;
  /** Seconds to go, once two steps were measured. */
  readonly etaSeconds: number | undefined;
  /** A rough picture of the first image of the batch, 1/8 size; made only when it is read. */
  preview(): Raster | undefined;
}

export interface GeneratedImage {
  readonly image: Raster;
  /** The whole parameters text. */
  readonly infotext: string;
  readonly seed: number;
  readonly subseed: number;
  readonly prompt: string;
  readonly negativePrompt: string;
  /** Absolute path, when it was saved. */
  readonly path: string | undefined;
}

export interface ExtensionTiming {
  readonly extension: string;
  readonly hook: string;
  readonly calls: number;
  readonly milliseconds: number;
}

export interface GenerationResult {
  readonly job: string;
  /** `cancelled`: the images that were finished before. */
  readonly status: 'done' | 'cancelled';
  readonly images: readonly GeneratedImage[];
  readonly faults: readonly Fault[];
  readonly timings: readonly ExtensionTiming[];
  /** Wall seconds by stage, and of the whole job. */
  readonly seconds: Readonly<Record<string, number>>;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: JobProgress) => void;
  /** Folder to save pictures in; absent: nothing is written. */
  readonly out?: string;
}

export type ExtensionState = 'listed' | 'invalid' | 'blocked' | 'failed' | 'active' | 'tripped' | 'disposed';

export interface ExtensionReport {
  readonly id: string;
  readonly version: string;
  readonly state: ExtensionState;
  /** Where it was found. */
  readonly origin: string;
  /** Error code and message of a state other than active. */
  readonly cause: { readonly code: string; readonly message: string } | undefined;
  readonly blockedBy: string | undefined;
  /** Hooks it taps, `sampling.guided`. */
  readonly hooks: readonly string[];
  /** What it contributes, `sampler owner.name/thing`. */
  readonly contributions: readonly string[];
  /** The args schema as JSON Schema, for forms and flags. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly setupMilliseconds: number;
}

export interface ModelReport extends ModelInfo {
  readonly kind: string;
  readonly bytes: number;
}

/** What `models tidy` moved, or would move, and what it leaves where it is. */
export interface TidyReport {
  readonly moves: readonly { readonly from: string; readonly to: string }[];
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
}

/** Turns TypeScript into a JavaScript module file; provided by `@armature/compose`, absent in composed builds. */
export interface Bundler {
  /** Bundles `entry` into one importable file and returns its path. `@armature/sdk`, `@armature/nn` and `zod` stay the host's own. */
  bundle(entry: string): Promise<string>;
}

export interface HostConfig {
  /** Model roots, the webui's layout below each (`Stable-diffusion/`, `VAE/`, `Lora/`…; a webui folder with `models/` works too). */
  readonly models?: readonly string[];
  /** Extension modules known at build time: manifest and definition. */
  readonly extensions?: readonly ExtensionSource[];
  /** Folders scanned for extension packages. */
  readonly extensionFolders?: readonly string[];
  /** Folders scanned for single-file scripts. */
  readonly scriptFolders?: readonly string[];
  /** Ids of scripts the user has allowed. `true`: all (tests). */
  readonly allowScripts?: readonly string[] | true;
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
  /** Budget of the session pool, MiB. */
  readonly memory?: number;
  /** Application data folder (hash cache, extension storage). */
  readonly data?: string;
  /** How long a tap may take. */
  readonly hookTimeout?: number;
  /** Faulted jobs in a row that trip an extension. */
  readonly tripAfter?: number;
  readonly log?: Logger;
  /** Replacements for what the host would make itself, by token: `RUNTIME`, `TOKENIZER`, `QUEUE`, `LOG`, … */
  // biome-ignore lint/suspicious/noExplicitAny: each pair has its own type
  readonly provide?: readonly (readonly [Token<any>, () => any])[];
  readonly bundler?: Bundler;
}

/** An extension handed over by the embedder. */
export interface ExtensionSource {
  /** The `armature` block of its package.json plus name and version, or the path of its folder. */
  readonly manifest?: Readonly<Record<string, unknown>>;
  readonly definition?: unknown;
  /** Folder with a package.json, or an npm package name resolved from the working folder. */
  readonly from?: string;
}

/** The engine in one object. Nothing global; `dispose()` gives everything back. */
export interface Host {
  readonly version: string;
  txt2img(request: Partial<GenerationRequest> & { readonly prompt: string }, options?: RunOptions): Promise<GenerationResult>;
  models(kind?: string): Promise<readonly ModelReport[]>;
  /** Plans (and unless `dryRun` makes) moves of misplaced model files into their folders. */
  tidy(options: { readonly dryRun: boolean }): Promise<TidyReport>;
  extensions(): readonly ExtensionReport[];
  samplers(): readonly string[];
  schedulers(): readonly string[];
  /** Builds the next generation of extensions and swaps to it; running jobs keep theirs. */
  reload(): Promise<void>;
  dispose(): Promise<void>;
}
