import type { SamplerContribution } from '@armature/sdk';
import { solve2mSde } from './solve-2m-sde.js';

/** SDE-DPM-Solver++(2M), midpoint form. */
export const dpmpp2mSde: SamplerContribution = {
  name: 'DPM++ 2M SDE',
  aliases: ['k_dpmpp_2m_sde'],
  kind: 'sigma',
  reads: ['eta', 'sNoise'],
  defaultScheduler: 'exponential',
  sample: (run) => solve2mSde(run, ({ pull }) => 0.5 * pull),
};
