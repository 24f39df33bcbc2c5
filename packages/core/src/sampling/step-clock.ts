import type { StepInfo } from '@armature/sdk';
import type { NoiseLevel } from './denoiser-scale.js';

/** Knows where a run stands: the sampler's step and the denoiser's call. */
export class StepClock {
  readonly #steps: number;
  #index = 0;
  #call = -1;
  #level: NoiseLevel = { sigma: 0, timestep: 0 };

  constructor(steps: number) {
    this.#steps = steps;
  }

  /** A denoiser call begins. */
  begin(level: NoiseLevel): StepInfo {
    this.#call++;
    this.#level = level;
    return this.now();
  }

  /** Step `index` ended; the level is that of its last denoiser call. */
  end(index: number): StepInfo {
    this.#index = index + 1;
    return this.#at(index);
  }

  /** Where the run stands between steps; after the last one `index` is their number. */
  now(): StepInfo {
    return this.#at(this.#index);
  }

  #at(index: number): StepInfo {
    const { sigma, timestep } = this.#level;
    return Object.freeze({ index, steps: this.#steps, call: this.#call, sigma, timestep, progress: Math.min(1, index / this.#steps) });
  }
}
