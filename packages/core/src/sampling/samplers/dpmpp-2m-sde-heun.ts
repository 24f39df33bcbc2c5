import type { SamplerContribution } from '@armature/sdk';
import { solve2mSde } from './solve-2m-sde.js';

/** SDE-DPM-Solver++(2M), Heun form. */
export const dpmpp2mSdeHeun: SamplerContribution = {
  name: 'DPM++ 2M SDE Heun',
  aliases: ['k_dpmpp_2m_sde_heun'],
  kind: 'sigma',
  reads: ['eta', 'sNoise'],
  defaultScheduler: 'exponential',
  sample: (run) => solve2mSde(run, ({ pull, width }) => 1 - pull / width),
};
