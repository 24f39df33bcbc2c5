import type { ExtensionReport, ExtensionTiming, ModelFolderReport, RuntimeReport } from '@armature/core';
import type { Environment } from './environment.js';

/** Something that is wrong, by its error code. */
export interface Finding {
  readonly code: string;
  readonly message: string;
  /** What the command would exit with, were this the only one. */
  readonly exit: number;
}

/** What `armature doctor` has found. Parts that could not be looked at are undefined or empty, and a finding says why. */
export interface Checkup {
  readonly environment: Environment;
  /** Application data folder. */
  readonly data: string;
  readonly runtime: RuntimeReport | undefined;
  readonly models: readonly ModelFolderReport[];
  readonly extensions: readonly ExtensionReport[];
  /** Where the time of one picture went; with `--profile`. */
  readonly profile: { readonly seconds: Readonly<Record<string, number>>; readonly timings: readonly ExtensionTiming[] } | undefined;
  readonly warnings: readonly string[];
  readonly problems: readonly Finding[];
}
