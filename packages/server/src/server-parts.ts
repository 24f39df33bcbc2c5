import type { Host } from '@armature/core';
import type { Logger } from '@armature/sdk';
import type { Jobs } from './jobs/jobs.js';
import type { ServerOptions } from './server-options.js';

/** What every group of routes is given. */
export interface ServerParts {
  readonly host: Host;
  readonly options: ServerOptions;
  readonly log: Logger;
  /** Jobs that survive the process. */
  readonly jobs: Jobs;
}
