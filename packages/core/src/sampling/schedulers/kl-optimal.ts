import type { SchedulerContribution } from '@armature/sdk';

/** Linear in arctan σ: Sabour et al. 2024 (Align Your Steps), section 3.1. Ends with the lowest level, not with 0. */
export const klOptimal: SchedulerContribution = {
  name: 'kl_optimal',
  label: 'KL Optimal',
  sigmas({ steps, sigmaMin, sigmaMax }) {
    const { fround, atan, tan } = Math;
    const low = fround(atan(fround(sigmaMin)));
    const high = fround(atan(fround(sigmaMax)));
    return Array.from({ length: steps + 1 }, (_, i) => {
      const share = fround(i / steps);
      return fround(tan(fround(fround(share * low) + fround(fround(1 - share) * high))));
    });
  },
};
