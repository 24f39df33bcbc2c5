import type { Logger } from '@armature/sdk';
import type { HostConfig } from '../api/index.js';
import type { Catalogue, WeightsCache } from '../checkpoint/index.js';
import type { Scope } from '../di/index.js';
import type { Generation } from '../generation/index.js';
import type { RunningJobs } from '../pipeline/index.js';

/** One generation of extensions, and the stored options as it has left them. */
export interface BuiltGeneration {
  readonly generation: Generation;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** What a host is made of; see `createHost`. */
export interface HostParts {
  readonly config: HostConfig;
  readonly scope: Scope;
  readonly catalogue: Catalogue;
  readonly running: RunningJobs;
  /** Application data folder, absolute. */
  readonly data: string;
  readonly weightsCache: WeightsCache;
  readonly log: Logger;
  /** Builds generation `number` from the configuration. */
  readonly build: (number: number) => Promise<BuiltGeneration>;
}
