import type { SchedulerContribution } from '@armature/sdk';

/** Every (1000 / steps)-th level of the model, from the highest. */
export const simple: SchedulerContribution = {
  name: 'simple',
  label: 'Simple',
  sigmas({ steps, schedule: { sigmas } }) {
    const stride = sigmas.length / steps;
    return [...Array.from({ length: steps }, (_, i) => sigmas.at(-1 - Math.floor(i * stride)) as number), 0];
  },
};
