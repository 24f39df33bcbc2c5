import type { SchedulerContribution } from '@armature/sdk';
import { linspace } from '../linspace.js';

/** Linear in log σ. */
export const exponential: SchedulerContribution = {
  name: 'exponential',
  label: 'Exponential',
  sigmas: ({ steps, sigmaMin, sigmaMax }) => [
    ...linspace(Math.log(sigmaMax), Math.log(sigmaMin), steps).map((level) => Math.fround(Math.exp(level))),
    0,
  ],
};
