import { type Conditioning, isConditioning } from '../values/conditioning.js';
import { isLatent, type Latent } from '../values/latent.js';
import type { FeedValue } from '../values/tensor-handle.js';
import type { JobModelScope, StepScope } from './contexts.js';
import { first, guarded, observe, record, transform, wrap } from './kinds.js';
import { isCount, isNumber, isText, listOf, mapOf } from './predicates.js';

/** How a run will be sampled; everything the sampler needs before its first step. */
export interface SamplingPlan {
  /** Id or alias of a contributed sampler. */
  readonly sampler: string;
  readonly scheduler: string;
  readonly steps: number;
  /**
   * Noise levels, descending; one more than steps. They close with 0, for timestep samplers with the level of the first
   * training timestep they use (their timesteps are derived from the levels).
   */
  readonly sigmas: readonly number[];
  readonly cfgScale: number;
}

/**
 * One denoiser call: rows are the positive prompts of each picture, then the negative ones. Prompts of different token
 * length cannot share a call: then a call with the positive rows is followed by one with the negative rows.
 */
export interface DenoiserFeeds {
  /** [rows, channels, h, w], in the sampler's scale. */
  readonly latent: Latent;
  /** Noise level of all rows. */
  readonly sigma: number;
  /** Training timestep of all rows, 0…999, fractional for `sigma` samplers. */
  readonly timestep: number;
  /** What the network sees is the latent times this: 1/√(σ²+1) for `sigma` samplers, 1 for timestep samplers. */
  readonly inputScale: number;
  readonly conditioning: Conditioning;
  /** Number of leading rows that are positive prompts. */
  readonly positiveRows: number;
  /** Image conditioning, [rows, c, h, w]: channels the network sees behind those of the latent (inpainting and edit models). */
  readonly concat?: Latent | undefined;
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
  /**
   * `initial`: the latent noise before scaling; `step`: noise a sampler asks for; `extra`: the initial noise once more, before
   * a share of it is added to a picture to start from.
   */
  readonly purpose: 'initial' | 'step' | 'extra';
}
/** An inpainting mask being blended in: current · repaint + original · (1 − repaint). */
export interface BlendScope extends StepScope {
  /** The latent before the blend: the sampler's own for timestep samplers, x0 for sigma samplers. */
  readonly current: Latent;
  /** What the run started from, before noise was added. */
  readonly original: Latent;
  /** 1 where the picture is painted anew, 0 where it is kept; of the shape of `current`. */
  readonly repaint: Latent;
  /** The noise level as the sampler counts it: sigma, for timestep samplers the training timestep. */
  readonly level: number;
  /** The blend after the last step, of the sampler's result. */
  readonly final: boolean;
}

const sameLatent = guarded<Latent>('Latent', (value, previous) => isLatent(value) && value.sameShape(previous));
const denoised = guarded<Latent | undefined>('Latent', (value, inner) => isLatent(value) && (!inner || value.sameShape(inner)));
const isPredictions = (value: unknown, previous: Predictions): boolean =>
  sameLatent.accepts((value as Predictions | null)?.cond, previous.cond) &&
  sameLatent.accepts((value as Predictions).uncond, previous.uncond);
const samplingPlan = record<SamplingPlan>('SamplingPlan', {
  sampler: isText,
  scheduler: isText,
  steps: isCount,
  sigmas: (value) => listOf(isNumber)(value) && (value as readonly number[]).length > 0,
  cfgScale: isNumber,
});
const feeds = record<DenoiserFeeds>('DenoiserFeeds', {
  latent: isLatent,
  sigma: isNumber,
  timestep: isNumber,
  inputScale: isNumber,
  conditioning: isConditioning,
  positiveRows: isCount,
  concat: (value) => value === undefined || isLatent(value),
  inputs: mapOf(Array.isArray),
});

export const samplingHooks = {
  /** Sampler, schedule and noise levels of the run. */
  plan: transform<SamplingPlan, JobModelScope>(samplingPlan),
  /** Noise as drawn, unit variance. */
  noise: transform<Latent, NoiseScope>(sameLatent),
  /** Decorates the denoiser for a whole run. */
  denoiser: wrap<Denoiser, JobModelScope>(denoised),
  /** Everything about to be fed to the denoiser for one call. */
  feeds: transform<DenoiserFeeds, StepScope>(feeds),
  /** Conditional and unconditional predictions of one call. */
  prediction: transform<Predictions, StepScope>(guarded('Predictions', isPredictions)),
  /** Replaces how the two predictions are combined. */
  guidance: first<GuidanceQuestion, Latent, StepScope>(guarded<Latent>('Latent', (value) => isLatent(value))),
  /**
   * The latent after an inpainting mask was blended in: x0 after guidance (timestep samplers: what they ask about, before
   * `feeds`), and the sampler's result once more.
   */
  blend: transform<Latent, BlendScope>(sameLatent),
  /** The denoised latent x0 after guidance, whatever the sampler. */
  guided: transform<Latent, StepScope>(sameLatent),
  /** A step ended. */
  step: observe<StepReport, StepScope>(),
  /** The final latent of a batch. */
  done: transform<Latent, JobModelScope>(sameLatent),
} as const;
