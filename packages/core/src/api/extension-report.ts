import type { Text } from '@armature/sdk';

/** Life of an extension. `listed`: found, but the user has not allowed it; `tripped`: failed too often, off until reload. */
export type ExtensionState = 'listed' | 'invalid' | 'blocked' | 'failed' | 'active' | 'tripped' | 'disposed';

/** Something that works and should be changed. */
export interface ExtensionWarning {
  readonly code: string;
  readonly message: string;
}

/** An extension that was found, whatever became of it. */
export interface ExtensionReport {
  readonly id: string;
  readonly version: string;
  readonly state: ExtensionState;
  /** Where it was found. */
  readonly origin: string;
  /** Error code and message of a state other than active. */
  readonly cause: { readonly code: string; readonly message: string } | undefined;
  /** The extension it requires that is not active. */
  readonly blockedBy: string | undefined;
  /** What its manifest says: ids it cannot do without, ids it comes after and before, what it asks to be trusted with. */
  readonly requires: readonly string[];
  readonly after: readonly string[];
  readonly before: readonly string[];
  readonly capabilities: readonly string[];
  /** Ids of the tokens it offers to others. */
  readonly provides: readonly string[];
  /** Its name and what it does, for people; a text for each language, or one. */
  readonly title: Text | undefined;
  readonly summary: Text | undefined;
  /** What its author should change: `EXT_DEPRECATED`, with the line. */
  readonly warnings: readonly ExtensionWarning[];
  /** Hooks it taps, `sampling.guided`. */
  readonly hooks: readonly string[];
  /** What it contributes, `sampler owner.name/thing`. */
  readonly contributions: readonly string[];
  /** The args schema as JSON Schema, for forms and flags. */
  readonly args: Readonly<Record<string, unknown>>;
  /** Whether jobs that do not name it use it. */
  readonly enabled: boolean;
  /** How webui clients address it: the title of the script, the order of its values, and the argument that takes those behind them. */
  readonly a1111:
    | {
        readonly title: string;
        readonly positional: readonly string[];
        readonly rest?: string;
        readonly tabs?: readonly ('txt2img' | 'img2img')[];
      }
    | undefined;
  readonly setupMilliseconds: number;
}
