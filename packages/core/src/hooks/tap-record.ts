import type { Logger } from '@armature/sdk';

/** An extension's place in a hook set. Its index is its place in the order of extensions. */
export interface Seat {
  readonly index: number;
  readonly id: string;
  /** Names the code that runs: part of the key of every graph it shapes. */
  readonly digest: string;
  /** Arguments of a job that names none. */
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly log: Logger;
}

/** One tap as it was recorded in setup. */
export interface TapRecord {
  readonly seat: Seat;
  /** `sampling.guided` */
  readonly hook: string;
  readonly stage: number;
  // biome-ignore lint/suspicious/noExplicitAny: the catalogue types it for authors; here every hook is alike
  readonly fn: (...args: any[]) => unknown;
  readonly variant: ((ctx: object) => unknown) | undefined;
  /** `graph.module`: pattern of module paths, and its matcher. */
  readonly path: string | undefined;
  readonly matches: (path: string) => boolean;
  /** Place in the tables of time; given when the set is sealed. */
  slot: number;
}
