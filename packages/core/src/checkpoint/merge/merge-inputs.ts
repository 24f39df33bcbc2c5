import type { WeightsFile } from '../weights-file.js';

export type MergeMethod = 'weighted-sum' | 'add-difference' | 'no-interpolation';

/** Open files and what is to be made of them. */
export interface MergeInputs {
  readonly method: MergeMethod;
  readonly multiplier: number;
  /** Merged float32 tensors are written as float16. */
  readonly half: boolean;
  readonly primary: WeightsFile;
  readonly secondary?: WeightsFile | undefined;
  readonly tertiary?: WeightsFile | undefined;
  /** Takes the place of the primary's VAE, tensor by tensor. */
  readonly vae?: WeightsFile | undefined;
  /** Tensors whose key it matches are left out. */
  readonly discard?: RegExp | undefined;
}
