import type { SamplerContribution } from '@armature/sdk';
import { churnedSteps } from './churned-steps.js';
import { heunStep } from './heun-step.js';

/** Heun's method with optional churn: Karras et al. 2022, algorithm 2. */
export const heun: SamplerContribution = {
  name: 'Heun',
  aliases: ['k_heun'],
  kind: 'sigma',
  reads: ['sChurn', 'sTmin', 'sTmax', 'sNoise'],
  secondOrder: true,
  sample: churnedSteps(heunStep),
};
