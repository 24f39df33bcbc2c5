import type { Dim, ElementType, OpName, TensorLocation, WeightEntry } from '@armature/sdk';
import type { Attributes } from './op-input.js';

/** A node as it will be written. */
export interface NodeRecord {
  readonly name: string;
  readonly op: OpName;
  /** Value names; empty for an absent optional input. */
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Attributes;
}

/** Element types a tensor may have inside the model; graph values never are bfloat16. */
export type StoredType = ElementType | 'bfloat16';

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
  readonly outputs: readonly PortRecord[];
}
