import type { SamplerContribution, StepInfo } from '@armature/sdk';
import type { NoiseLevel } from './denoiser-scale.js';

/** Options of guidance under their webui meaning. */
export interface GuidanceOptions {
  /** Positive and negative rows in one network call where their token lengths allow it. */
  readonly joined: boolean;
  /** Share of the steps, from the start, that leave the negative prompt out; 0: none. */
  readonly skipEarly: number;
  /** Below this noise level the negative prompt is left out (NGMS); 0: never. */
  readonly minUncond: number;
  /** NGMS at every call, not only at each other one. */
  readonly minUncondAll: boolean;
}

/** Why a call goes without the negative prompt; undefined: it does not. */
export function skipsNegative(
  { skipEarly, minUncond, minUncondAll }: GuidanceOptions,
  { call }: Pick<StepInfo, 'call'>,
  totalCalls: number,
  level: number,
): 'early' | 'late' | undefined {
  if (skipEarly !== 0 && call / totalCalls <= skipEarly) return 'early';
  return (call % 2 === 1 || minUncondAll) && minUncond > 0 && level < minUncond ? 'late' : undefined;
}

/** What the reference compares with `s_min_uncond`: its timestep samplers are told timesteps as if they were sigmas. */
export const guidanceLevel = (kind: SamplerContribution['kind'], { sigma, timestep }: NoiseLevel): number =>
  kind === 'timestep' ? timestep : sigma;
