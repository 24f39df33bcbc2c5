import type { SchedulerContribution } from '@armature/sdk';

/** Timesteps that models were distilled to. */
const distilled = 50;

/** Some of the 50 timesteps that trajectory consistency models were distilled to, evenly from the last on (diffusers' `TCDScheduler`). */
export const tcdScheduler: SchedulerContribution = {
  name: 'tcd',
  label: 'TCD',
  sigmas({ steps, schedule: { sigmas } }) {
    const count = Math.max(distilled, steps);
    const stride = Math.floor(sigmas.length / count);
    const levels = Array.from({ length: steps }, (_, i) => {
      const at = Math.floor(i * (count / steps));
      return sigmas[(count - at) * stride - 1] as number;
    });
    return [...levels, 0];
  },
};
