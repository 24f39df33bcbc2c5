import type { ExtensionState } from './extension-report.js';

/** One thing that puts an extension before another: what the later one asks for, what the earlier one asks for, or the configuration. */
export interface OrderLink {
  readonly earlier: string;
  readonly later: string;
  /** `requires`, `after`: said by `later`; `before`: said by `earlier`; `order`: said by the configuration. */
  readonly rule: 'requires' | 'after' | 'before' | 'order';
}

/**
 * Why a tap stands behind the one before it. `first`: there is none. `stage`: its stage is higher. `setup`: the same extension tapped
 * it later. `links`: the extensions are ordered, by the links one after the other. `id`: nothing but their ids. `waits`: its id
 * comes earlier, but it had to wait for the first of the links.
 */
export interface TapReason {
  readonly rule: 'first' | 'stage' | 'setup' | 'links' | 'id' | 'waits';
  readonly links: readonly OrderLink[];
}

/** A tap of a hook, as `Host.explain` lists them: in calling order. */
export interface TapReport {
  readonly extension: string;
  readonly state: ExtensionState;
  readonly stage: number;
  /** `graph.module`: the pattern of module paths. */
  readonly path: string | undefined;
  readonly because: TapReason;
}
