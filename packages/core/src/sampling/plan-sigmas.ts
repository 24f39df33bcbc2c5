import type { NoiseSchedule, SamplerContribution, SchedulerContribution, SchedulerOptions } from '@armature/sdk';
import { uniform } from './schedulers/uniform.js';

/** What a user may change about any schedule; 0: as the model or the schedule has it. */
export interface SigmaOptions {
  readonly sigmaMin: number;
  readonly sigmaMax: number;
  readonly rho: number;
  /** Levels from 10 to 0.1, whatever the model's. */
  readonly oldRange: boolean;
  /** For every sampler, not only for those that ask for it. */
  readonly discardNextToLast: boolean;
}

export interface SigmaRequest {
  readonly sampler: SamplerContribution;
  /** Undefined: evenly spaced training timesteps. */
  readonly scheduler: SchedulerContribution | undefined;
  readonly steps: number;
  readonly schedule: NoiseSchedule;
  readonly family: string;
  readonly options: SigmaOptions & SchedulerOptions;
}

/**
 * The noise levels of a run. Timestep samplers take every (1000 / steps)-th training timestep and ignore the scheduler;
 * as in the reference the first timestep is where they stop, so 20 steps make 19 calls.
 */
export function planSigmas(request: SigmaRequest): readonly number[] {
  const { sampler, scheduler, schedule, options } = request;
  const discards = sampler.discardNextToLast === true || options.discardNextToLast;
  const steps = discards ? request.steps + 1 : request.steps;
  // Timestep samplers are planned for the step more as well, but nothing is dropped from theirs.
  if (sampler.kind === 'timestep') return Object.freeze(trainingTimesteps(steps, schedule).map((at) => schedule.sigmas[at] as number));
  const { family } = request;
  const { sigmaMin, sigmaMax } = rangeOf(schedule, options);
  const rho = scheduler?.defaultRho === undefined || options.rho === 0 ? undefined : options.rho;
  const levels = [...(scheduler ?? uniform).sigmas({ steps, sigmaMin, sigmaMax, rho, schedule, family, options })];
  if (discards) levels.splice(-2, 1);
  return Object.freeze(levels);
}

function rangeOf({ sigmas }: NoiseSchedule, { oldRange, sigmaMin, sigmaMax }: SigmaOptions): Pick<SigmaOptions, 'sigmaMin' | 'sigmaMax'> {
  return {
    sigmaMin: sigmaMin || (oldRange ? 0.1 : (sigmas[0] as number)),
    sigmaMax: sigmaMax || (oldRange ? 10 : (sigmas.at(-1) as number)),
  };
}

/** Descending (the webui's `CompVisSampler.get_timesteps`). */
function trainingTimesteps(steps: number, { sigmas: { length } }: NoiseSchedule): readonly number[] {
  const stride = Math.max(1, Math.floor(length / steps));
  const timesteps: number[] = [];
  for (let at = 0; at < length; at += stride) timesteps.unshift(Math.min(at + 1, length - 1));
  return timesteps;
}
