import type { NoiseSchedule } from './sampler.js';

export interface SchedulerRequest {
  readonly steps: number;
  /** Lowest and highest sigma of the model, or of the user's override. */
  readonly sigmaMin: number;
  readonly sigmaMax: number;
  /** Curvature, where the schedule has one; undefined: its own default. */
  readonly rho: number | undefined;
  readonly schedule: NoiseSchedule;
}

/** A noise schedule a user picks by name. */
export interface SchedulerContribution {
  /** Internal name, `karras`. */
  readonly name: string;
  /** Shown name, `Karras`. */
  readonly label: string;
  readonly aliases?: readonly string[];
  readonly defaultRho?: number;
  /** `steps + 1` descending noise levels ending with 0, rounded to float32. */
  sigmas(request: SchedulerRequest): readonly number[];
}
