import type { Shape, WeightDtype } from '@armature/sdk';

/** What one network of a checkpoint finds in the file. */
export interface NetworkCheck {
  readonly network: string;
  /** Tensors it is made of. */
  readonly needed: number;
  /** Those of them that the file has, in the shape they must have. */
  readonly matched: number;
  readonly missing: readonly string[];
  readonly unfit: readonly { readonly key: string; readonly found: Shape; readonly expected: Shape }[];
}

/** What `Host.describeModel` adds with `check`. */
export interface ModelCheck {
  /** Tensors and bytes by element type, most bytes first. */
  readonly dtypes: readonly { readonly dtype: WeightDtype; readonly tensors: number; readonly bytes: number }[];
  /** Of a checkpoint whose family is known; empty for every other file. */
  readonly networks: readonly NetworkCheck[];
  /** Tensors that none of the networks reads, by the module they belong to, most first. */
  readonly unread: readonly { readonly module: string; readonly tensors: number }[];
  /** The `.yaml` beside the file. */
  readonly config: string | undefined;
  /** What is worth knowing and no fault. */
  readonly notes: readonly string[];
}
