import type { SchedulerContribution } from '@armature/sdk';
import { linspace } from '../linspace.js';

/** Evenly spaced timesteps as Stability's generative-models code has them: one more than asked for, the last left out. */
export const sgmUniform: SchedulerContribution = {
  name: 'sgm_uniform',
  label: 'SGM Uniform',
  aliases: ['SGMUniform'],
  sigmas({ steps, sigmaMin, sigmaMax, schedule }) {
    const timesteps = linspace(schedule.sigmaToTimestep(sigmaMax), schedule.sigmaToTimestep(sigmaMin), steps + 1);
    return [...timesteps.slice(0, -1).map(schedule.timestepToSigma), 0];
  },
};
