import type { SamplerContribution, SchedulerContribution } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';

export interface SamplerQuestion {
  /** Name or alias, with or without a scheduler's label behind it (`DPM++ 2M Karras`). */
  readonly sampler: string;
  /** Label, name or alias; `Automatic` or empty: what the sampler's name or its default says. */
  readonly scheduler: string;
  readonly samplers: readonly SamplerContribution[];
  readonly schedulers: readonly SchedulerContribution[];
}

export interface SamplerChoice {
  readonly sampler: SamplerContribution;
  /** Undefined: the sampler has no default, so `Automatic` stays. */
  readonly scheduler: SchedulerContribution | undefined;
}

/**
 * Names → what they stand for. Differs from the reference on purpose: an unknown name is an error there is no silent
 * replacement for, aliases count as names, and letter case does not matter where only one entry fits.
 * @throws HostError SAMPLER_UNKNOWN, SCHEDULER_UNKNOWN
 */
export function resolveSampler(question: SamplerQuestion): SamplerChoice {
  const { samplers, schedulers } = question;
  const asked = findScheduler(question.scheduler, schedulers);
  const whole = findSampler(question.sampler, samplers);
  if (whole) return { sampler: whole, scheduler: asked ?? defaultScheduler(whole, schedulers) };
  for (const scheduler of schedulers) {
    for (const label of namesOf(scheduler)) {
      const suffix = ` ${label}`.toLowerCase();
      if (!question.sampler.toLowerCase().endsWith(suffix)) continue;
      const sampler = findSampler(question.sampler.slice(0, -suffix.length), samplers);
      if (sampler) return { sampler, scheduler };
    }
  }
  throw new HostError('SAMPLER_UNKNOWN', { name: question.sampler, known: samplers.map((sampler) => sampler.name).join(', ') });
}

function findSampler(name: string, samplers: readonly SamplerContribution[]): SamplerContribution | undefined {
  return byName(name, samplers, (sampler) => [sampler.name, ...(sampler.aliases ?? [])]);
}

const namesOf = (scheduler: SchedulerContribution): readonly string[] => [scheduler.label, scheduler.name, ...(scheduler.aliases ?? [])];

function findScheduler(name: string, schedulers: readonly SchedulerContribution[]): SchedulerContribution | undefined {
  const found = byName(name, schedulers, namesOf);
  if (found || name === '' || name.toLowerCase() === 'automatic') return found;
  throw new HostError('SCHEDULER_UNKNOWN', { name, known: ['Automatic', ...schedulers.map((scheduler) => scheduler.label)].join(', ') });
}

function defaultScheduler(sampler: SamplerContribution, schedulers: readonly SchedulerContribution[]): SchedulerContribution | undefined {
  return sampler.defaultScheduler === undefined ? undefined : byName(sampler.defaultScheduler, schedulers, namesOf);
}

/** Exact first; otherwise without regard to case, if that is unambiguous. */
function byName<T>(name: string, items: readonly T[], names: (item: T) => readonly string[]): T | undefined {
  const exact = items.find((item) => names(item).includes(name));
  if (exact) return exact;
  const lower = name.toLowerCase();
  const close = items.filter((item) => names(item).some((known) => known.toLowerCase() === lower));
  return close.length === 1 ? close[0] : undefined;
}
