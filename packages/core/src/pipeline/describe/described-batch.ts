import type { HiresSize } from '../hires/hires-size.js';
import type { BatchConditioning } from '../prompts/batch-conditioning.js';
import type { Run, RunModel } from '../run.js';

/** One run of a batch that was made, with what its prompts add to the parameters. */
export interface DescribedRun {
  readonly run: Run;
  readonly conditioning: BatchConditioning;
  /** The model that was at work last: the refiner, where it took over. */
  readonly by: RunModel;
  /** The denoiser call from which on it was. */
  readonly since: number;
}

/** How the pictures of a batch were made. */
export interface DescribedBatch {
  readonly first: DescribedRun;
  readonly hires: (DescribedRun & { readonly size: HiresSize }) | undefined;
  /** A mask was asked for but had no white spot. */
  readonly maskEmpty: boolean;
}
