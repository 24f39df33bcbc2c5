import type { SamplerContribution } from '@armature/sdk';
import { heunStep } from './heun-step.js';
import { type RestartStep, restartPath } from './restart-path.js';

/** Heun's method that goes back up to σ = 2 now and then: Xu et al. 2023, with the webui's settings. */
export const restart: SamplerContribution = {
  name: 'Restart',
  aliases: ['restart'],
  kind: 'sigma',
  defaultScheduler: 'karras',
  secondOrder: true,
  stepCount: (sigmas) => restartPath(sigmas).length,
  async sample(run) {
    let { latent } = run;
    let last: RestartStep | undefined;
    for (const [i, at] of restartPath(run.sigmas).entries()) {
      if (last && last.next < at.sigma) {
        latent = latent.add((await run.noise()).scale(Math.sqrt(at.sigma ** 2 - last.next ** 2)));
      }
      const after = await heunStep(run, latent, at.sigma, at.next);
      latent = after.latent;
      last = at;
      await run.step(i, latent, after.denoised);
    }
    return latent;
  },
};
