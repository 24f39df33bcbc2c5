import type { Latent } from '../values/latent.js';

/** Options of a run that some samplers read; defaults are the webui's. */
export interface SamplerOptions {
  readonly eta: number;
  readonly sChurn: number;
  readonly sTmin: number;
  readonly sTmax: number;
  readonly sNoise: number;
}

/** What a sampler is given for one run. All latents have the batch's shape. */
export interface SamplerRun {
  /** The noise to start from, already scaled by the first sigma (or by the family's rule for timestep samplers). */
  readonly latent: Latent;
  /** Descending noise levels, float32, ending with 0. */
  readonly sigmas: readonly number[];
  readonly options: SamplerOptions;
  /** Timesteps and cumulative alphas for samplers of kind `timestep`. */
  readonly schedule: NoiseSchedule;
  /** The denoised latent x0 at `sigma`, after guidance (kind `sigma`). Rejects with JOB_CANCELLED on cancellation. */
  denoise(latent: Latent, sigma: number): Promise<Latent>;
  /** The predicted noise at training timestep `timestep`, after guidance (kind `timestep`, variance-preserving scale). */
  predictNoise(latent: Latent, timestep: number): Promise<Latent>;
  /** Fresh unit noise, drawn in the reference's order. */
  noise(): Promise<Latent>;
  /** Noise of a Brownian motion over log-sigma… between two noise levels, unit variance (SDE samplers). */
  brownian(sigma: number, sigmaNext: number): Latent;
  /** Reports the end of step `index` (0-based). */
  step(index: number, latent: Latent, denoised: Latent): Promise<void>;
}

export interface NoiseSchedule {
  /** ᾱ of the 1000 training timesteps. */
  readonly alphasCumprod: Float32Array | Float64Array;
  /** √((1−ᾱ)/ᾱ) of each training timestep, ascending, float32. */
  readonly sigmas: Float32Array;
  sigmaToTimestep(sigma: number): number;
  timestepToSigma(timestep: number): number;
  readonly prediction: 'epsilon' | 'v';
}

/** A sampler a user picks by name; its equal in every way to the built-in ones. */
export interface SamplerContribution {
  /** Shown name, e.g. `DPM++ 2M`. */
  readonly name: string;
  readonly aliases?: readonly string[];
  /** `sigma`: k-diffusion style; `timestep`: DDIM style. */
  readonly kind: 'sigma' | 'timestep';
  /** What the scheduler `Automatic` means for it. */
  readonly defaultScheduler?: string;
  /** Drops the last but one sigma (DPM2 and friends). */
  readonly discardNextToLast?: boolean;
  /** Calls the denoiser twice a step. */
  readonly secondOrder?: boolean;
  sample(run: SamplerRun): Promise<Latent>;
}
