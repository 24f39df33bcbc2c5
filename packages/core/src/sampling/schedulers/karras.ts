import type { SchedulerContribution } from '@armature/sdk';
import { linspace } from '../linspace.js';

const defaultRho = 7;

/** Linear in σ^(1/ρ): Karras et al. 2022, equation 5. */
export const karras: SchedulerContribution = {
  name: 'karras',
  label: 'Karras',
  defaultRho,
  sigmas({ steps, sigmaMin, sigmaMax, rho = defaultRho }) {
    const { fround } = Math;
    const start = sigmaMax ** (1 / rho);
    const reach = fround(sigmaMin ** (1 / rho) - start);
    return [...linspace(0, 1, steps).map((ramp) => fround(fround(fround(start) + fround(ramp * reach)) ** rho)), 0];
  },
};
