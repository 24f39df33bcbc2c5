import type { SchedulerContribution } from '@armature/sdk';
import { linspace } from '../linspace.js';

/** Levels of evenly spaced training timesteps from the last to the first; what `Automatic` means for most samplers. */
export const uniform: SchedulerContribution = {
  name: 'uniform',
  label: 'Uniform',
  sigmas({ steps, schedule: { sigmas, sigmaToTimestep, timestepToSigma } }) {
    const last = sigmaToTimestep(sigmas.at(-1) as number);
    return [...linspace(last, sigmaToTimestep(sigmas[0] as number), steps).map(timestepToSigma), 0];
  },
};
