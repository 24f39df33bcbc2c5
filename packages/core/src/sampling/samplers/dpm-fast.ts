import type { SamplerContribution } from '@armature/sdk';
import { linspace } from '../linspace.js';
import { DpmSolver } from './dpm-solver.js';
import { logScale } from './log-scale.js';

/**
 * DPM-Solver-fast: steps of third order, as few as `steps` network calls allow, evenly spaced in log σ. The scheduler has
 * no say but in the strength of the first noise.
 */
export const dpmFast: SamplerContribution = {
  name: 'DPM fast',
  aliases: ['k_dpm_fast'],
  kind: 'sigma',
  reads: ['eta', 'sNoise'],
  usesEnsd: true,
  stepCount: (sigmas) => ordersOf(sigmas.length - 1).length,
  async sample(run) {
    const { options, range, noise, step } = run;
    const orders = ordersOf(range.steps);
    const end = logScale.of(range.sigmaMin);
    const levels = linspace(logScale.of(range.sigmaMax), end, orders.length + 1);
    let { latent } = run;
    for (const [i, order] of orders.entries()) {
      const level = levels[i] as number;
      const { target, up } = DpmSolver.noisyStep(level, levels[i + 1] as number, end, options.eta);
      const solver = new DpmSolver(run, latent, level);
      const denoised = await solver.denoised();
      latent = await solver.solve(order, target);
      // Drawn also at eta 0: the reference does, and later draws depend on it.
      latent = latent.add((await noise()).scale(up * options.sNoise));
      await step(i, latent, denoised);
    }
    return latent;
  },
};

/** Orders of the steps; their sum is the number of network calls. */
function ordersOf(calls: number): readonly number[] {
  const thirds = new Array<number>(Math.floor(calls / 3)).fill(3);
  return calls % 3 === 0 ? [...thirds.slice(1), 2, 1] : [...thirds, calls % 3];
}
