import type { SamplerContribution } from '@armature/sdk';

/** What the webui's list says of samplers beyond what this host needs to know. */
const remarks: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'DPM++ SDE': { brownian_noise: 'True' },
  'DPM++ 2M SDE': { brownian_noise: 'True' },
  'DPM++ 2M SDE Heun': { brownian_noise: 'True', solver_type: 'heun' },
  'DPM++ 3M SDE': { brownian_noise: 'True' },
};

/** A sampler as `GET /sdapi/v1/samplers` lists it; options are texts. */
export function samplerItem({ name, aliases = [], defaultScheduler, discardNextToLast, usesEnsd, secondOrder }: SamplerContribution) {
  return {
    name,
    aliases: [...aliases],
    options: {
      ...(defaultScheduler !== undefined && { scheduler: defaultScheduler }),
      ...(usesEnsd && { uses_ensd: 'True' }),
      ...(discardNextToLast && { discard_next_to_last_sigma: 'True' }),
      ...(secondOrder && { second_order: 'True' }),
      ...remarks[name],
    },
  };
}
