import type { HostScope } from './contexts.js';
import { observe, record, transform } from './kinds.js';
import { isObject } from './predicates.js';

/** Host options after the configuration file and before anything is opened. */
export interface HostSettings {
  readonly settings: Readonly<Record<string, unknown>>;
}
export interface HostReady {
  readonly version: string;
  readonly extensions: readonly string[];
}

export const startupHooks = {
  /** Last word on the stored options before the host opens. */
  configure: transform<HostSettings, HostScope>(record<HostSettings>('HostSettings', { settings: isObject })),
  /** Every extension is set up and the hook set is sealed. */
  ready: observe<HostReady, HostScope>(),
} as const;
