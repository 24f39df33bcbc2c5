import type { Latent, SamplerRun } from '@armature/sdk';
import { churn } from './churn.js';

/** Takes a latent from `sigma` to `next`; also gives the first denoised latent of the step. */
type Solver = (
  run: SamplerRun,
  latent: Latent,
  sigma: number,
  next: number,
) => Promise<{ readonly latent: Latent; readonly denoised: Latent }>;

/** Karras et al. 2022, algorithm 2, with any solver for a step: raise the noise a little, then solve down to the next level. */
export function churnedSteps(solve: Solver): (run: SamplerRun) => Promise<Latent> {
  return async (run) => {
    let { latent } = run;
    for (const [i, next] of run.sigmas.slice(1).entries()) {
      const start = await churn(run, latent, i);
      const after = await solve(run, start.latent, start.sigma, next);
      latent = after.latent;
      await run.step(i, latent, after.denoised);
    }
    return latent;
  };
}
