import type { Logger, TextEncoderParts } from '@armature/sdk';
import type { Clock } from '../api/index.js';
import type { WeightsCache } from '../checkpoint/index.js';
import type { Generation } from '../generation/index.js';
import type { ClipTokenizer, PromptStyle } from '../prompt/index.js';
import type { Runtime, SessionPool } from '../runtime/index.js';
import type { ImageNoise, ImageNoiseOptions } from '../sampling/index.js';
import type { ModelStore } from './models/model-store.js';
import type { RunningJobs } from './running-jobs.js';

/** The runtime and the sessions loaded in it. */
export interface RuntimeParts {
  readonly runtime: Runtime;
  readonly sessions: SessionPool;
}

/** The way to the runtime, which starts when it is first needed. */
export interface RuntimeDoor {
  /** @throws HostError RUNTIME_START, DEVICE_UNKNOWN, HOST_DISPOSED */
  open(): Promise<RuntimeParts>;
  /** Frees the kept tensors of a job or an extension; starts nothing and never fails. */
  releaseOwner(owner: string): Promise<void>;
  /** Frees the sessions whose key starts so; starts nothing and never fails. */
  evict(keyPrefix: string): Promise<void>;
  /** What weights and a running step may take. */
  readonly budgetBytes: number;
}

/** What the stages are given of the host: everything that outlives a job. */
export interface Engine {
  readonly version: string;
  readonly generation: Generation;
  readonly models: ModelStore;
  readonly runtime: RuntimeDoor;
  /** undefined: it is off. */
  readonly weightsCache: WeightsCache | undefined;
  /** Jobs at work, for the tokens that give extensions their networks. */
  readonly running: RunningJobs;
  /** Runs an admitted job's work when its turn has come. @throws HostError JOB_CANCELLED when the signal fires before. */
  turn(work: () => Promise<void>, signal: AbortSignal): Promise<void>;
  /** CLIP's tokenizer, or OpenCLIP's, which reads text otherwise; loaded on first use. */
  tokenizer(kind: TextEncoderParts['tokenizer']): Promise<ClipTokenizer>;
  /** The styles files beside the models as they are now. @throws HostError STYLES_INVALID */
  styles(): Promise<readonly PromptStyle[]>;
  imageNoise(options: ImageNoiseOptions): ImageNoise;
  /** What file names are dated by. */
  readonly clock: Clock;
  /** Stored options, before a request's own. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly threads: number;
  readonly log: Logger;
}
