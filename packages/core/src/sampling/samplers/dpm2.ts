import type { SamplerContribution } from '@armature/sdk';
import { churnedSteps } from './churned-steps.js';
import { midpointStep } from './midpoint-step.js';

/** DPM-Solver-2 with optional churn (k-diffusion's `sample_dpm_2`): Lu et al. 2022, algorithm 1. */
export const dpm2: SamplerContribution = {
  name: 'DPM2',
  aliases: ['k_dpm_2'],
  kind: 'sigma',
  reads: ['sChurn', 'sTmin', 'sTmax', 'sNoise'],
  defaultScheduler: 'karras',
  discardNextToLast: true,
  secondOrder: true,
  sample: churnedSteps(midpointStep),
};
