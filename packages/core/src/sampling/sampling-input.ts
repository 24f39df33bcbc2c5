import type { Conditioning, DenoiserFeeds, Latent, NoiseSchedule, SamplerContribution, SamplerOptions, SamplingPlan } from '@armature/sdk';
import type { GuidanceOptions } from './guidance-options.js';
import type { PositiveRows } from './positive-rows.js';
import type { ImageNoise } from './random/image-noise.js';
import type { SamplingMoments } from './sampling-moments.js';

/** One network call, ready to be fed. */
export interface NetworkRows {
  /** [rows, channels, h, w], scaled as the network was trained. */
  readonly latent: Latent;
  /** Training timestep of all rows; may be fractional. */
  readonly timestep: number;
  /** One row for each row of the latent. */
  readonly conditioning: Conditioning;
  readonly inputs: DenoiserFeeds['inputs'];
}

/** Everything a sampling run needs; nothing is looked up elsewhere. */
export interface SamplingInput {
  readonly plan: SamplingPlan;
  readonly sampler: SamplerContribution;
  readonly schedule: NoiseSchedule;
  readonly options: SamplerOptions;
  /** What the noise a run starts from is multiplied by. */
  readonly noiseScale: number;
  readonly noise: ImageNoise;
  readonly guidance: GuidanceOptions;
  /** Conditioning of the whole batch at the 0-based denoiser call `call`; the same value while nothing changes. */
  positive(call: number): PositiveRows;
  negative(call: number): Conditioning;
  /** The raw network: epsilon or v, as the schedule says. */
  network(rows: NetworkRows): Promise<Latent>;
  readonly moments: SamplingMoments;
  readonly signal: AbortSignal;
}
