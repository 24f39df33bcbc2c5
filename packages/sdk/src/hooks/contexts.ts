import type { GenerationRequest } from '../values/generation-request.js';
import type { StepInfo } from '../values/step-info.js';

export interface Logger {
  debug(message: string, data?: object): void;
  info(message: string, data?: object): void;
  warn(message: string, data?: object): void;
  error(message: string, data?: object): void;
}

/** What every hook knows. */
export interface HostScope {
  readonly log: Logger;
}

/** The job a hook speaks in. Frozen. */
export interface JobInfo {
  readonly id: string;
  readonly request: GenerationRequest;
  /** Options in force: stored ones under the request's own. Every option is there. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Which generation of extensions serves the job. */
  readonly generation: number;
  /** Aborted when the job is cancelled or its time is over. */
  readonly signal: AbortSignal;
}

/** Contexts of hooks that run inside a job; the facade adds the extension's own `args`. */
export interface JobScope extends HostScope {
  readonly job: JobInfo;
}

/** A tensor map or header of a checkpoint being opened. */
export interface ModelScope extends HostScope {
  readonly model: ModelInfo;
}

export interface ModelInfo {
  /** File name without folder and extension. */
  readonly name: string;
  /** `name.safetensors [shorthash]` as the webui writes it. */
  readonly title: string;
  /** Absolute path of the file. */
  readonly path: string;
  /** First 10 hex digits of the SHA-256, once known. */
  readonly shortHash: string | undefined;
  /** Identity of the weights: path, size and modification time, or the hash. */
  readonly weightsId: string;
  readonly family: string;
}

export interface JobModelScope extends JobScope {
  readonly model: ModelInfo;
}

/** `model` is the one that denoises: a refiner once it has taken over. */
export interface StepScope extends JobModelScope {
  readonly step: StepInfo;
}

export interface ImageScope extends JobModelScope {
  /** 0-based index within the whole job. */
  readonly index: number;
  readonly seed: number;
  readonly subseed: number;
  readonly prompt: string;
  readonly negativePrompt: string;
}
