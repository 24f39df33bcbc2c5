import type { SchedulerContribution } from '@armature/sdk';
import { betaQuantile } from '../beta-quantile.js';
import { linspace } from '../linspace.js';

/** Levels spread by a beta distribution, close together at both ends: Lee et al. 2024 (Beta Sampling). */
export const beta: SchedulerContribution = {
  name: 'beta',
  label: 'Beta',
  reads: ['betaAlpha', 'betaBeta'],
  sigmas({ steps, sigmaMin, sigmaMax, options: { betaAlpha, betaBeta } }) {
    const shares = linspace(0, 1, steps, (value) => value).map((at) => betaQuantile(1 - at, betaAlpha, betaBeta));
    return [...shares.map((share) => Math.fround(sigmaMin + share * (sigmaMax - sigmaMin))), 0];
  },
};
