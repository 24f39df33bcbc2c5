import type { RequestInput } from '@armature/core';

/** What the worker is started with. */
export interface WorkerConfig {
  readonly models: readonly string[];
  readonly data: string;
  /** `thread`: where no process may be forked. */
  readonly isolation: 'process' | 'thread';
}

export type Order = { readonly job: number; readonly request: RequestInput } | 'close';

export type Answer =
  | { readonly job: number; readonly width: number; readonly height: number; readonly pixels: Uint8Array; readonly infotext: string }
  | { readonly job: number; readonly error: string };
