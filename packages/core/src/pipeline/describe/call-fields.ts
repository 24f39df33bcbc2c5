import { guidanceLevel, skipsNegative } from '../../sampling/index.js';
import { guidedByPicture } from '../init/image-conditioning.js';
import type { Run } from '../run.js';
import { guidanceOptions } from '../sampling/guidance-options.js';
import type { DescribedRun } from './described-batch.js';
import { type DescribedField, pythonTrue } from './described-field.js';
import { pythonFloat } from './python-float.js';

/** What a run's denoiser calls add to the parameters: only what had an effect, in the order of the calls that had it first. */
export async function callFields(described: DescribedRun): Promise<readonly DescribedField[]> {
  const { run, conditioning } = described;
  const { settings } = run.job;
  if (run.sampling.range.steps === 0) return [];
  const fields: DescribedField[] = settings.refiner_switch_by_sample_steps ? [['Refiner switch by sampling steps', pythonTrue]] : [];
  // The refiner comes first: it takes over before a call is guided, and sorting keeps the order within a call.
  const effects = [await refined(described), skippedEarly(run), skippedLate(run)].filter((effect) => effect !== undefined);
  fields.push(...effects.sort((a, b) => a.call - b.call).flatMap((effect) => effect.fields));
  if (conditioning.padded) fields.push([conditioning.padded, pythonTrue]);
  return fields;
}

/** Something that began with a denoiser call. */
interface Effect {
  readonly call: number;
  readonly fields: readonly DescribedField[];
}

/** Only a refiner that took over is told. */
async function refined({ run: { job, refiner }, by, since }: DescribedRun): Promise<Effect | undefined> {
  if (!refiner || by.model !== refiner.model) return undefined;
  const { name } = refiner.model.info;
  const hash = (await refiner.model.hash)?.slice(0, 10);
  const pass = job.settings.hires_fix_refiner_pass;
  const fields: DescribedField[] = [
    ['Refiner', hash ? `${name} [${hash}]` : name],
    ['Refiner switch at', pythonFloat(refiner.switchAt)],
  ];
  if (job.info.request.hires && pass !== 'second pass') fields.unshift(['Hires refiner', pass]);
  return { call: since, fields };
}

function skippedEarly({ job: { settings } }: Run): Effect | undefined {
  const share = settings.skip_early_cond;
  return share === 0 ? undefined : { call: 0, fields: [['Skip Early CFG', pythonFloat(share)]] };
}

function skippedLate(run: Run): Effect | undefined {
  const { settings } = run.job;
  const call = settings.s_min_uncond === 0 || guidedByPicture(run) ? undefined : firstLateCall(run);
  if (call === undefined) return undefined;
  const fields: DescribedField[] = [['NGMS', pythonFloat(settings.s_min_uncond)]];
  if (settings.s_min_uncond_all) fields.push(['NGMS all steps', pythonTrue]);
  return { call, fields };
}

/** The first call of the plan that falls below `s_min_uncond`. Samplers with two calls a step make the second of them odd. */
function firstLateCall({ job, sampling: { plan, sampler, schedule } }: Run): number | undefined {
  const calls = sampler.secondOrder ? 2 : 1;
  for (const [step, sigma] of plan.sigmas.slice(0, -1).entries()) {
    const level = guidanceLevel(sampler.kind, { sigma, timestep: schedule.sigmaToTimestep(sigma) });
    const call = step * calls + calls - 1;
    if (skipsNegative(guidanceOptions(job.settings), { call }, plan.steps * calls, level) === 'late') return call;
  }
  return undefined;
}
