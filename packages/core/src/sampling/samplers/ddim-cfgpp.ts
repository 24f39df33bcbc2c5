import type { SamplerContribution } from '@armature/sdk';
import { solveDdim } from './solve-ddim.js';

/** DDIM with CFG++ (Chung et al. 2024): guidance moves x0 alone, the way on follows the negative prompt's noise. */
export const ddimCfgpp: SamplerContribution = {
  name: 'DDIM CFG++',
  aliases: ['ddim_cfgpp'],
  kind: 'timestep',
  reads: ['eta'],
  // CFG++ counts its scale from 0 to 1; the webui lets 12.5 mean 1.
  cfgFactor: 1 / 12.5,
  sample: (run) => solveDdim(run, () => run.unguided()),
};
