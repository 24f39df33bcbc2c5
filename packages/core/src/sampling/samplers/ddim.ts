import type { SamplerContribution } from '@armature/sdk';
import { solveDdim } from './solve-ddim.js';

/** Denoising diffusion implicit models. */
export const ddim: SamplerContribution = {
  name: 'DDIM',
  aliases: ['ddim'],
  kind: 'timestep',
  reads: ['eta'],
  sample: (run) => solveDdim(run, (epsilon) => epsilon),
};
