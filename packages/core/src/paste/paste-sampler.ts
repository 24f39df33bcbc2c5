import { isHostError, type SamplerContribution, type SchedulerContribution } from '@armature/sdk';
import type { MissingPart } from '../api/index.js';
import { resolveSampler } from '../sampling/index.js';
import type { FieldReader } from './field-reader.js';

/** What a user can pick by name here. */
export interface SamplerShelf {
  readonly samplers: readonly SamplerContribution[];
  readonly schedulers: readonly SchedulerContribution[];
}

export interface PastedSampler {
  readonly sampler?: string;
  readonly scheduler?: string;
}

/**
 * Sampler and schedule of a text, names of old releases (`DPM++ 2M Karras`) included; a schedule that the sampler has of
 * itself is `Automatic` (`get_sampler_and_scheduler`). Names unknown here are left out and added to `missing`.
 */
export function pasteSampler(fields: FieldReader, shelf: SamplerShelf, missing: MissingPart[]): PastedSampler {
  const [sampler, scheduler] = [fields.text('Sampler'), fields.text('Schedule type') ?? 'Automatic'];
  return sampler === undefined ? {} : chosen(sampler, scheduler, shelf, missing);
}

/** Those of the second run, as far as they differ from the first's. */
export function pasteHiresSampler(fields: FieldReader, shelf: SamplerShelf, missing: MissingPart[]): PastedSampler {
  const own = (key: string, same: string): string | undefined => {
    const text = fields.text(key);
    return text === same ? undefined : text;
  };
  const sampler = own('Hires sampler', 'Use same sampler');
  const scheduler = own('Hires schedule type', 'Use same scheduler');
  if (sampler === undefined && scheduler === undefined) return {};
  const firstSampler = fields.text('Sampler');
  const wanted = sampler ?? firstSampler;
  if (wanted === undefined) return {};
  const choice = chosen(wanted, scheduler ?? fields.text('Schedule type') ?? 'Automatic', shelf, missing);
  return {
    ...(sampler !== undefined && choice.sampler !== undefined && { sampler: choice.sampler }),
    ...(scheduler !== undefined && choice.scheduler !== undefined && { scheduler: choice.scheduler }),
  };
}

function chosen(sampler: string, scheduler: string, shelf: SamplerShelf, missing: MissingPart[]): PastedSampler {
  try {
    const choice = resolveSampler({ sampler, scheduler, ...shelf });
    const standard = resolveSampler({ sampler: choice.sampler.name, scheduler: 'Automatic', ...shelf }).scheduler;
    const label = choice.scheduler === undefined || choice.scheduler === standard ? 'Automatic' : choice.scheduler.label;
    return { sampler: choice.sampler.name, scheduler: label };
  } catch (error) {
    if (!isHostError(error)) throw error;
    const kind = error.code === 'SCHEDULER_UNKNOWN' ? 'scheduler' : 'sampler';
    missing.push({ kind, name: kind === 'scheduler' ? scheduler : sampler });
    return kind === 'scheduler' ? chosen(sampler, 'Automatic', shelf, missing) : {};
  }
}
