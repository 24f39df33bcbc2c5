import type { SamplerContribution } from '@armature/sdk';
import { lcmSchedule } from './lcm-schedule.js';

const dataDeviation = 0.5;

/** Latent consistency models (Luo et al. 2023): each step goes all the way to x0, then noise is added back. */
export const lcm: SamplerContribution = {
  name: 'LCM',
  aliases: ['k_lcm'],
  kind: 'sigma',
  schedule: lcmSchedule,
  async sample({ latent: initial, sigmas, schedule, denoise, noise, step }) {
    let latent = initial;
    for (const [i, sigma] of sigmas.slice(0, -1).entries()) {
      // The boundary condition of consistency models: at the first timestep the latent itself is the answer.
      const time = 10 * schedule.sigmaToTimestep(sigma);
      const keep = dataDeviation ** 2 / (time ** 2 + dataDeviation ** 2);
      const trust = time / Math.sqrt(time ** 2 + dataDeviation ** 2);
      const denoised = (await denoise(latent, sigma)).scale(trust).add(latent.scale(keep));
      const next = sigmas[i + 1] as number;
      latent = next > 0 ? denoised.add((await noise()).scale(next)) : denoised;
      await step(i, latent, denoised);
    }
    return latent;
  },
};
