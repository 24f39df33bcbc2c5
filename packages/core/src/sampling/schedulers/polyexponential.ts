import type { SchedulerContribution } from '@armature/sdk';
import { linspace } from '../linspace.js';

const defaultRho = 1;

/** A power ρ of evenly spaced steps in log σ (k-diffusion's `get_sigmas_polyexponential`). */
export const polyexponential: SchedulerContribution = {
  name: 'polyexponential',
  label: 'Polyexponential',
  defaultRho,
  sigmas({ steps, sigmaMin, sigmaMax, rho = defaultRho }) {
    const { fround, log, exp } = Math;
    const reach = log(sigmaMax) - log(sigmaMin);
    const ramp = linspace(1, 0, steps).map((at) => fround(at ** rho));
    return [...ramp.map((at) => fround(exp(fround(fround(at * fround(reach)) + fround(log(sigmaMin)))))), 0];
  },
};
