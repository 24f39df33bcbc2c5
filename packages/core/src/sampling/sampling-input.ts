import type { Conditioning, DenoiserFeeds, Latent, NoiseSchedule, SamplerContribution, SamplerOptions, SamplingPlan } from '@armature/sdk';
import type { NoiseLevel } from './denoiser-scale.js';
import type { GuidanceOptions } from './guidance-options.js';
import type { LatentMask } from './latent-mask.js';
import type { PositiveRows } from './positive-rows.js';
import type { ImageNoise } from './random/image-noise.js';
import type { RunPlan } from './run-plan.js';
import type { SamplingMoments } from './sampling-moments.js';

/** One network call, ready to be fed. */
export interface NetworkRows {
  /** [rows, channels, h, w], scaled as the network was trained; the channels of the image conditioning come last. */
  readonly latent: Latent;
  /** Training timestep of all rows; may be fractional. */
  readonly timestep: number;
  /** One row for each row of the latent. */
  readonly conditioning: Conditioning;
  readonly inputs: DenoiserFeeds['inputs'];
}

/** A denoiser call about to begin; calls are counted from 0. */
export interface CallLevel extends NoiseLevel {
  readonly call: number;
}

/** Image conditioning of the whole batch, [batch, c, h, w] each. */
export interface ImageConditioning {
  readonly cond: Latent;
  readonly uncond: Latent;
}

/** Everything a sampling run needs; nothing is looked up elsewhere. */
export interface SamplingInput extends Pick<RunPlan, 'start' | 'range' | 'span'> {
  /** Levels and steps are those of the `RunPlan`, not of the request. */
  readonly plan: SamplingPlan;
  readonly sampler: SamplerContribution;
  readonly schedule: NoiseSchedule;
  readonly options: SamplerOptions;
  /** The latent that denoising starts from, before noise; left out: noise alone. */
  readonly init?: Latent | undefined;
  /** The initial noise is multiplied by it (`initial_noise_multiplier`); default 1. */
  readonly noiseMultiplier?: number | undefined;
  /** Share of the initial noise that is added on top to `init` (`img2img_extra_noise`); default 0. */
  readonly extraNoise?: number | undefined;
  readonly mask?: LatentMask | undefined;
  readonly concat?: ImageConditioning | undefined;
  /** Guidance of edit models by a second scale, that of the picture; left out or 1: classifier-free guidance. */
  readonly imageCfgScale?: number | undefined;
  readonly noise: ImageNoise;
  readonly guidance: GuidanceOptions;
  /** Conditioning of the whole batch at the 0-based denoiser call `call`; the same value while nothing changes. */
  positive(call: number): PositiveRows;
  negative(call: number): Conditioning;
  /** The raw network: epsilon or v, as the schedule says. */
  network(rows: NetworkRows): Promise<Latent>;
  /** Awaited before each denoiser call reads `positive`, `negative` and `network`, which may answer differently from then on. */
  readonly beforeCall?: ((at: CallLevel) => Promise<void>) | undefined;
  readonly moments: SamplingMoments;
  readonly signal: AbortSignal;
}
