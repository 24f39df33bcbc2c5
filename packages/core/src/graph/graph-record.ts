import type { Dim, ElementType, OpName, TensorLocation, WeightEntry } from '@armature/sdk';
import type { Attributes } from './op-input.js';

/** One side of a choice: its nodes, and the value that is its result. */
export interface BranchRecord {
  readonly nodes: readonly NodeRecord[];
  readonly output: PortRecord;
}

/** A node as it will be written. */
export interface NodeRecord {
  readonly name: string;
  /** `If`: a choice; it has branches and no attributes. */
  readonly op: OpName | 'If';
  readonly branches?: { readonly whenTrue: BranchRecord; readonly whenFalse: BranchRecord };
  /** Value names; empty for an absent optional input. */
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Attributes;
}

/** Element types a tensor may have inside the model; graph values never are bfloat16 or 8-bit floats. */
export type StoredType = ElementType | 'bfloat16' | 'float8e4m3fn' | 'float8e5m2';

/** A tensor as it will be written: bytes of its own, a place in a file, or values still to be read. */
export interface TensorRecord {
  readonly name: string;
  readonly type: StoredType;
  readonly shape: readonly number[];
  readonly source: { readonly bytes: Uint8Array } | { readonly stored: TensorLocation } | { readonly entry: WeightEntry };
}

export interface PortRecord {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly Dim[];
}

/** Everything the model file is made of, in the order it was emitted (which is topological). */
export interface GraphRecord {
  readonly nodes: readonly NodeRecord[];
  readonly tensors: readonly TensorRecord[];
  readonly inputs: readonly PortRecord[];
  /** Inputs that a run may leave out. */
  readonly optional: readonly string[];
  readonly outputs: readonly PortRecord[];
}
