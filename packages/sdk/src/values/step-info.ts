/** Where a sampling run stands when a hook speaks. */
export interface StepInfo {
  /** 0-based number of the sampler's step. */
  readonly index: number;
  readonly steps: number;
  /** 0-based number of the denoiser call (second-order samplers call twice a step). */
  readonly call: number;
  readonly sigma: number;
  /** Training timestep 0…999 that belongs to `sigma`. */
  readonly timestep: number;
  /** index / steps, in 0…1. */
  readonly progress: number;
}
