import type { NoiseSchedule } from './sampler.js';

export interface SchedulerRequest {
  readonly steps: number;
  /** Lowest and highest sigma of the model, or of the user's override. */
  readonly sigmaMin: number;
  readonly sigmaMax: number;
  /** Curvature, where the schedule has one; undefined: its own default. */
  readonly rho: number | undefined;
  readonly schedule: NoiseSchedule;
  /** Family of the model, such as `sd1` or `sdxl`: some schedules were fitted to one. */
  readonly family: string;
  readonly options: SchedulerOptions;
}

/** Options that some schedules read; defaults are the webui's. */
export interface SchedulerOptions {
  /** Shape of the beta distribution. */
  readonly betaAlpha: number;
  readonly betaBeta: number;
}

/** A noise schedule a user picks by name. */
export interface SchedulerContribution {
  /** Internal name, `karras`. */
  readonly name: string;
  /** Shown name, `Karras`. */
  readonly label: string;
  readonly aliases?: readonly string[];
  /** Curvature it has of itself. One that has none ignores the user's. */
  readonly defaultRho?: number;
  /** Options it reads: they are written to the parameters. */
  readonly reads?: readonly (keyof SchedulerOptions)[];
  /** Descending noise levels, rounded to float32: as a rule `steps + 1` of them, ending with 0. */
  sigmas(request: SchedulerRequest): readonly number[];
}
