import { guidanceLevel, skipsNegative } from '../../sampling/index.js';
import type { BatchConditioning } from '../prompts/batch-conditioning.js';
import type { Run } from '../run.js';
import { guidanceOptions } from '../sampling/guidance-options.js';

/** What guidance adds to the parameters: only what had an effect. */
export function guidanceFields(run: Run, { padded }: BatchConditioning): readonly [label: string, value: number | string][] {
  const { settings } = run.job;
  const fields: [string, number | string][] = [];
  if (settings.skip_early_cond !== 0) fields.push(['Skip Early CFG', settings.skip_early_cond]);
  if (settings.s_min_uncond !== 0 && skipsLate(run)) {
    fields.push(['NGMS', settings.s_min_uncond]);
    if (settings.s_min_uncond_all) fields.push(['NGMS all steps', 'True']);
  }
  if (padded) fields.push([padded, 'True']);
  return fields;
}

/** Whether a step of the plan falls below `s_min_uncond`. Samplers with two calls a step make the second of them odd. */
function skipsLate({ job, sampling: { plan, sampler, schedule } }: Run): boolean {
  const calls = sampler.secondOrder ? 2 : 1;
  return plan.sigmas.slice(0, -1).some((sigma, step) => {
    const level = guidanceLevel(sampler.kind, { sigma, timestep: schedule.sigmaToTimestep(sigma) });
    const call = step * calls + calls - 1;
    return skipsNegative(guidanceOptions(job.settings), { call }, plan.steps * calls, level) === 'late';
  });
}
