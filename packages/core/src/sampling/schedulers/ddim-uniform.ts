import type { SchedulerContribution } from '@armature/sdk';

/** The levels DDIM samplers use: every whole (1000 / steps)-th from the second. There may be more of them than steps. */
export const ddimUniform: SchedulerContribution = {
  name: 'ddim',
  label: 'DDIM',
  sigmas({ steps, schedule: { sigmas } }) {
    const stride = Math.max(1, Math.floor(sigmas.length / steps));
    return [...sigmas.filter((_, i) => i % stride === 1 % stride && i > 0).reverse(), 0];
  },
};
