import type { Part } from '../part.js';

/** What a module of a network changes: the difference to a weight, and to the bias beside it. */
export interface Change {
  readonly delta: Part;
  readonly bias?: Float32Array;
}

/** A module's tensors by part name, the weight as it is by now, and how many ranks are used. */
export interface ModuleInput {
  readonly parts: ReadonlyMap<string, Part>;
  readonly weight: Part;
  readonly ranks: number | undefined;
}

/** A change of low rank: up [out, rank] · down [rank, in, …]. */
export interface Factors {
  readonly up: Part;
  readonly down: Part;
}

/** A way to write a change of weights down. */
export interface ModuleKind {
  readonly name: string;
  /** Whether a module with these parts is one. */
  fits(parts: ReadonlySet<string>): boolean;
  /** Rank that `alpha` is divided by; undefined: there is no scale. */
  rank(shapes: ReadonlyMap<string, readonly number[]>): number | undefined;
  /** @throws Error where shapes do not go together. */
  change(input: ModuleInput): Change | Promise<Change>;
  /** A module with these parts is the product of two matrices and a number, whatever the weight is. */
  isLowRank?(parts: ReadonlySet<string>): boolean;
  /** Those two, of the ranks that are used. @throws Error where shapes do not go together. */
  factors?(input: Pick<ModuleInput, 'parts' | 'ranks'>): Factors;
}

/** A part that `fits` has found. */
export function partOf(parts: ReadonlyMap<string, Part>, name: string): Part {
  const part = parts.get(name);
  if (!part) throw new Error(`${name} is missing`);
  return part;
}
