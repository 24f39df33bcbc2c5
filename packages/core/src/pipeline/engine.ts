import type { Logger } from '@armature/sdk';
import type { Generation } from '../generation/index.js';
import type { ClipTokenizer } from '../prompt/index.js';
import type { Runtime, SessionPool } from '../runtime/index.js';
import type { ImageNoise, ImageNoiseOptions } from '../sampling/index.js';
import type { ModelStore } from './model-store.js';
import type { RunningJobs } from './running-jobs.js';

/** What the stages are given of the host: everything that outlives a job. */
export interface Engine {
  readonly version: string;
  readonly generation: Generation;
  readonly models: ModelStore;
  readonly runtime: Runtime;
  readonly sessions: SessionPool;
  /** Jobs at work, for the tokens that give extensions their networks. */
  readonly running: RunningJobs;
  /** The CLIP tokenizer, loaded on first use. */
  tokenizer(): Promise<ClipTokenizer>;
  imageNoise(options: ImageNoiseOptions): ImageNoise;
  /** Stored options, before a request's own. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly threads: number;
  readonly log: Logger;
}
