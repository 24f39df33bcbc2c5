import { type Host, resolveSampler } from '@armature/core';
import { isHostError } from '@armature/sdk';

export interface SamplerNames {
  readonly sampler: string;
  readonly scheduler: string;
  /** What was put in the place of names nobody has here. */
  readonly notes: readonly string[];
}

/**
 * Names of a request → names that exist. As in the webui an unknown sampler is the first of the list and an unknown schedule
 * `Automatic`; other than there the answer says so.
 */
export function samplerChoice(host: Pick<Host, 'contributions'>, sampler: string, scheduler: string): SamplerNames {
  const offered = host.contributions('sampler');
  const schedules = host.contributions('scheduler');
  const shelf = { samplers: offered.map(({ value }) => value), schedulers: schedules.map(({ value }) => value) };
  const isKnown = (names: { readonly sampler: string; readonly scheduler: string }): boolean => {
    try {
      resolveSampler({ ...names, ...shelf });
      return true;
    } catch (error) {
      if (isHostError(error)) return false;
      throw error;
    }
  };
  const knowsSchedule = schedules.some(({ id }) => id === scheduler) || isKnown({ sampler: shelf.samplers[0]?.name ?? '', scheduler });
  const knowsSampler = offered.some(({ id }) => id === sampler) || isKnown({ sampler, scheduler: 'Automatic' });
  const [standard] = shelf.samplers;
  return {
    sampler: knowsSampler ? sampler : (standard?.name ?? sampler),
    scheduler: knowsSchedule ? scheduler : 'Automatic',
    notes: [
      ...(knowsSampler ? [] : [`There is no sampler ${JSON.stringify(sampler)}; ${standard?.name} was used.`]),
      ...(knowsSchedule ? [] : [`There is no scheduler ${JSON.stringify(scheduler)}; Automatic was used.`]),
    ],
  };
}
