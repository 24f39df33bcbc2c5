/** A tensor of a hypernetwork, in memory. */
export interface HyperTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}
/** A linear layer [out, in], or the normalisation [out] behind one. */
export interface HyperLayer {
  readonly kind: 'linear' | 'norm';
  readonly weight: HyperTensor;
  readonly bias: HyperTensor;
}
/** What keys and values of attention are made of, changed. */
export type HyperPart = 'k' | 'v';

/** A hypernetwork as its file describes it. */
export interface Hypernetwork {
  readonly path: string;
  /** Changes when the file changes. */
  readonly weightsId: string;
  /** Name in `activations`. */
  readonly activation: string;
  /** The last linear layer is followed by the activation too. */
  readonly activateOutput: boolean;
  /** By the width of what attention looks at. */
  readonly layers: ReadonlyMap<number, Readonly<Record<HyperPart, readonly HyperLayer[]>>>;
}
/** One of a job's, at its strength. */
export interface ActiveHypernetwork {
  readonly network: Hypernetwork;
  readonly multiplier: number;
}
