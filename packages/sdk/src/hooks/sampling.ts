import type { Conditioning } from '../values/conditioning.js';
import { isLatent, type Latent } from '../values/latent.js';
import type { FeedValue } from '../values/tensor-handle.js';
import type { JobModelScope, StepScope } from './contexts.js';
import { first, guarded, observe, record, transform, wrap } from './kinds.js';

/** How a run will be sampled; everything the sampler needs before its first step. */
export interface SamplingPlan {
  /** Id or alias of a contributed sampler. */
  readonly sampler: string;
  readonly scheduler: string;
  readonly steps: number;
  /** Noise levels, descending, with the closing 0; timesteps for the timestep samplers are derived from it. */
  readonly sigmas: readonly number[];
  readonly cfgScale: number;
}

/** One denoiser call: rows are the positive prompts of each picture, then the negative ones. */
export interface DenoiserFeeds {
  /** [rows, channels, h, w], in the sampler's scale. */
  readonly latent: Latent;
  /** One for each row. */
  readonly sigma: number;
  readonly timestep: number;
  readonly conditioning: Conditioning;
  /** Number of leading rows that are positive prompts. */
  readonly positiveRows: number;
  /** Values for sockets and other extra graph inputs, by name; several values for one socket are added. */
  readonly inputs: Readonly<Record<string, readonly FeedValue[]>>;
}

/** The network's answer: the denoised latent x0, one row for each row of the feeds. */
export type Denoiser = (feeds: DenoiserFeeds) => Promise<Latent>;

/** Denoised latents before guidance: `cond` and `uncond` have one row a picture. */
export interface Predictions {
  readonly cond: Latent;
  readonly uncond: Latent;
}
export interface GuidanceQuestion extends Predictions {
  readonly cfgScale: number;
  /** The latent that was denoised. */
  readonly latent: Latent;
}
export interface StepReport {
  readonly latent: Latent;
  readonly denoised: Latent;
}
export interface NoiseScope extends JobModelScope {
  /** `initial`: the latent noise before scaling; `step`: noise a sampler asks for. */
  readonly purpose: 'initial' | 'step';
}

const sameLatent = guarded<Latent>('Latent', (value, previous) => isLatent(value) && value.sameShape(previous));
const isPredictions = (value: unknown, previous: Predictions): boolean =>
  sameLatent.accepts((value as Predictions | null)?.cond, previous.cond) &&
  sameLatent.accepts((value as Predictions).uncond, previous.uncond);
const isPlan = (value: unknown): boolean =>
  Array.isArray((value as SamplingPlan | null)?.sigmas) &&
  (value as SamplingPlan).sigmas.length > 1 &&
  (value as SamplingPlan).sigmas.every(Number.isFinite);

export const samplingHooks = {
  /** Sampler, schedule and noise levels of the run. */
  plan: transform<SamplingPlan, JobModelScope>(guarded('SamplingPlan', isPlan)),
  /** Noise as drawn, unit variance. */
  noise: transform<Latent, NoiseScope>(sameLatent),
  /** Decorates the denoiser for a whole run. */
  denoiser: wrap<Denoiser, JobModelScope>(),
  /** Everything about to be fed to the denoiser for one call. */
  feeds: transform<DenoiserFeeds, StepScope>(record<DenoiserFeeds>('DenoiserFeeds', 'latent', 'conditioning', 'inputs')),
  /** Conditional and unconditional predictions of one call. */
  prediction: transform<Predictions, StepScope>(guarded('Predictions', isPredictions)),
  /** Replaces how the two predictions are combined. */
  guidance: first<GuidanceQuestion, Latent, StepScope>(guarded<Latent>('Latent', (value) => isLatent(value))),
  /** The denoised latent x0 after guidance, whatever the sampler. */
  guided: transform<Latent, StepScope>(sameLatent),
  /** The latent after an inpainting mask was blended in. */
  blend: transform<Latent, StepScope>(sameLatent),
  /** A step ended. */
  step: observe<StepReport, StepScope>(),
  /** The final latent of a batch. */
  done: transform<Latent, JobModelScope>(sameLatent),
} as const;
