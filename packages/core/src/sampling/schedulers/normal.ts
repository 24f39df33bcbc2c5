import type { SchedulerContribution } from '@armature/sdk';
import { linspace } from '../linspace.js';

/** Evenly spaced timesteps between the highest and the lowest level asked for. */
export const normal: SchedulerContribution = {
  name: 'normal',
  label: 'Normal',
  sigmas({ steps, sigmaMin, sigmaMax, schedule }) {
    const timesteps = linspace(schedule.sigmaToTimestep(sigmaMax), schedule.sigmaToTimestep(sigmaMin), steps);
    return [...timesteps.map(schedule.timestepToSigma), 0];
  },
};
