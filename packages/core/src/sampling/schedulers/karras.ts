import type { SchedulerContribution } from '@armature/sdk';
import { karrasLevels } from './karras-levels.js';

const defaultRho = 7;

/** Linear in σ^(1/ρ). */
export const karras: SchedulerContribution = {
  name: 'karras',
  label: 'Karras',
  defaultRho,
  sigmas: ({ steps, sigmaMin, sigmaMax, rho = defaultRho }) => karrasLevels(steps, sigmaMin, sigmaMax, rho),
};
