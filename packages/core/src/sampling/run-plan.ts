import type { SamplingRange } from '@armature/sdk';

/** init · latentScale + noise · noiseScale + (a share of the) noise · extraNoiseScale */
export interface RunStart {
  readonly latentScale: number;
  readonly noiseScale: number;
  readonly extraNoiseScale: number;
}

export type SigmaSpan = Pick<SamplingRange, 'sigmaMin' | 'sigmaMax'>;

/** Where a run starts and which levels it goes through. */
export interface RunPlan {
  /** Descending noise levels that are run, see `SamplingPlan.sigmas`. A single one: there is nothing to denoise. */
  readonly sigmas: readonly number[];
  /** Steps that are run: what progress, skipped guidance and the refiner count by. */
  readonly steps: number;
  readonly start: RunStart;
  readonly range: SamplingRange;
  /** Ends of all positive levels, also of those before the start: the Brownian path. */
  readonly span: SigmaSpan;
}
