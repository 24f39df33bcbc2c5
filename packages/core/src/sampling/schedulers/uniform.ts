import type { SchedulerContribution } from '@armature/sdk';
import { linspace } from '../linspace.js';

/** Levels of evenly spaced training timesteps from the last to the first; what `Automatic` means for most samplers. */
export const uniform: SchedulerContribution = {
  name: 'uniform',
  label: 'Uniform',
  sigmas: ({ steps, schedule }) => [...linspace(schedule.sigmas.length - 1, 0, steps).map(schedule.timestepToSigma), 0],
};
