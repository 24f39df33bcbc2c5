import type { Latent } from '../values/latent.js';

/** Options of a run that some samplers read; defaults are the webui's. */
export interface SamplerOptions {
  readonly eta: number;
  readonly sChurn: number;
  readonly sTmin: number;
  readonly sTmax: number;
  readonly sNoise: number;
  /** Share of each step that is noise again (TCD), 0 to 1. */
  readonly gamma: number;
  readonly uniPc: UniPcOptions;
}

/** How the UniPC sampler solves; the webui's `uni_pc_*` options. */
export interface UniPcOptions {
  readonly variant: 'bh1' | 'bh2' | 'vary_coeff';
  readonly skipType: 'time_uniform' | 'time_quadratic' | 'logSNR';
  /** Highest order, from 1. */
  readonly order: number;
  /** Whether the order sinks towards the end. */
  readonly lowerOrderFinal: boolean;
}

/** What a sampler is given for one run. All latents have the batch's shape. Functions may be taken out of the object. */
export interface SamplerRun {
  /** What to start from: noise times the first sigma (kind `sigma`), or the noise itself (kind `timestep`). */
  readonly latent: Latent;
  /** Descending noise levels, float32; there is one step less than levels. Ends with 0 for kind `sigma`. */
  readonly sigmas: readonly number[];
  /** Training timestep of each of `sigmas`: fractional for kind `sigma`, whole for kind `timestep`. */
  readonly timesteps: readonly number[];
  readonly options: SamplerOptions;
  readonly schedule: NoiseSchedule;
  /** Steps and noise levels for samplers that place their own levels and do not look at `sigmas`. */
  readonly range: SamplingRange;
  /**
   * The denoised latent x0 at `sigma`, after guidance; the latent is in the scale where noise of level sigma was added
   * (kind `sigma`). Rejects with JOB_CANCELLED on cancellation.
   */
  denoise(latent: Latent, sigma: number): Promise<Latent>;
  /** The predicted noise at training timestep `timestep`, after guidance; variance-preserving scale (kind `timestep`). */
  predictNoise(latent: Latent, timestep: number): Promise<Latent>;
  /**
   * What the last call answered for the negative prompt alone, before guidance: x0 (kind `sigma`) or noise (kind
   * `timestep`). @throws RangeError before the first call
   */
  unguided(): Latent;
  /** Fresh unit noise, each picture from its own generator. */
  noise(): Promise<Latent>;
  /** Increment of a Brownian path between two noise levels, unit variance; any order of questions gives the same path. */
  brownian(sigma: number, sigmaNext: number): Promise<Latent>;
  /** Reports the end of step `index` (0-based) with the latent after it. */
  step(index: number, latent: Latent, denoised: Latent): Promise<void>;
}

/** The part of a model's noise levels that a run goes through. */
export interface SamplingRange {
  readonly steps: number;
  /** Lowest level above 0, and highest. */
  readonly sigmaMin: number;
  readonly sigmaMax: number;
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
  /** Not listed for users: for jobs of its own extension. */
  readonly hidden?: boolean;
  /** `sigma`: k-diffusion style; `timestep`: DDIM style. */
  readonly kind: 'sigma' | 'timestep';
  /** What the scheduler `Automatic` means for it. */
  readonly defaultScheduler?: string;
  /** Asks the scheduler for one level more and drops the last but one (DPM2 and friends). */
  readonly discardNextToLast?: boolean;
  /** Options it reads: they are written to the parameters when they are not at their defaults. */
  readonly reads?: readonly (keyof SamplerOptions)[];
  /** The seed delta of step noise (ENSD) is part of its parameters. */
  readonly usesEnsd?: boolean;
  /** Calls the denoiser twice a step. */
  readonly secondOrder?: boolean;
  /** What the CFG scale is multiplied by (default 1). */
  readonly cfgFactor?: number;
  /** How many steps it reports for these levels; default: one less than levels. */
  stepCount?(sigmas: readonly number[]): number;
  /** The noise schedule of a sampler whose models know fewer timesteps than the schedule they were made from (LCM). */
  schedule?(model: NoiseSchedule): NoiseSchedule;
  sample(run: SamplerRun): Promise<Latent>;
}
