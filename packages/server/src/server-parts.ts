import type { Host } from '@armature/core';
import type { Logger } from '@armature/sdk';
import type { Jobs } from './jobs/jobs.js';
import type { OptionStore } from './options/option-store.js';
import type { ServerOptions } from './server-options.js';

/** What every group of routes is given. */
export interface ServerParts {
  readonly host: Host;
  readonly options: ServerOptions;
  readonly log: Logger;
  /** Jobs that survive the process. */
  readonly jobs: Jobs;
  /** Options that clients read and change. */
  readonly store: OptionStore;
  /** The document of all routes, once they stand. */
  readonly openApi: () => object;
  /** Asks whoever runs the server to end it, where that is allowed. */
  readonly stop: (() => void) | undefined;
}
