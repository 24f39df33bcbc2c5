import type { SamplingRange } from '@armature/sdk';
import type { RunStart } from './run-start.js';

export type SigmaSpan = Pick<SamplingRange, 'sigmaMin' | 'sigmaMax'>;

/** Where a run starts and which levels it goes through. */
export interface RunPlan {
  /** Descending noise levels that are run, see `SamplingPlan.sigmas`. */
  readonly sigmas: readonly number[];
  /** Steps that are run: what progress, skipped guidance and the refiner count by. */
  readonly steps: number;
  readonly start: RunStart;
  /** Without steps nothing is denoised: the result is the start. */
  readonly range: SamplingRange;
  /** Ends of all positive levels, also of those before the start: the Brownian path. */
  readonly span: SigmaSpan;
}
