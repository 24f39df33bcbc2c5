import type { NoiseSchedule, SamplerContribution, SchedulerContribution } from '@armature/sdk';
import { uniform } from './schedulers/uniform.js';

export interface SigmaRequest {
  readonly sampler: SamplerContribution;
  /** Undefined: evenly spaced training timesteps. */
  readonly scheduler: SchedulerContribution | undefined;
  readonly steps: number;
  readonly schedule: NoiseSchedule;
}

/**
 * The noise levels of a run. Timestep samplers take every (1000 / steps)-th training timestep and ignore the scheduler;
 * as in the reference the first timestep is where they stop, so 20 steps make 19 calls.
 */
export function planSigmas({ sampler, scheduler, steps, schedule }: SigmaRequest): readonly number[] {
  if (sampler.kind === 'timestep') return Object.freeze(trainingTimesteps(steps, schedule).map((at) => schedule.sigmas[at] as number));
  const levels = [
    ...(scheduler ?? uniform).sigmas({
      steps: sampler.discardNextToLast ? steps + 1 : steps,
      sigmaMin: schedule.sigmas[0] as number,
      sigmaMax: schedule.sigmas.at(-1) as number,
      rho: undefined,
      schedule,
    }),
  ];
  if (sampler.discardNextToLast) levels.splice(-2, 1);
  return Object.freeze(levels);
}

/** Descending (the webui's `CompVisSampler.get_timesteps`). */
function trainingTimesteps(steps: number, { sigmas: { length } }: NoiseSchedule): readonly number[] {
  const stride = Math.max(1, Math.floor(length / steps));
  const timesteps: number[] = [];
  for (let at = 0; at < length; at += stride) timesteps.unshift(Math.min(at + 1, length - 1));
  return timesteps;
}
