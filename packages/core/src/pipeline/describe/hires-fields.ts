import type { JobSampling } from '../sampling/plan-sampling.js';
import type { DescribedBatch } from './described-batch.js';
import type { DescribedField } from './described-field.js';
import { pythonFloat } from './python-float.js';

/** What the second run of picture `index` was asked for: only what differs from the first. */
export async function hiresFields({ first, hires }: DescribedBatch, index: number): Promise<readonly DescribedField[]> {
  const { request } = first.run.job.info;
  if (!hires || !request.hires) return [];
  const { run, size } = hires;
  const wanted = request.hires;
  const { prompts = [], hiresPrompts = [] } = first.run.job;
  const text = hiresPrompts[index];
  const different = (mine: string | undefined, theirs: string | undefined): string | null => (mine === theirs ? null : (mine ?? null));
  return [
    ['Hires checkpoint', wanted.model === '' ? null : await titleOf(hires)],
    ['Hires sampler', run.sampling.sampler.name === first.run.sampling.sampler.name ? null : run.sampling.sampler.name],
    ['Hires prompt', different(text?.prompt, prompts[index]?.prompt)],
    ['Hires negative prompt', different(text?.negativePrompt, prompts[index]?.negativePrompt)],
    ['Hires schedule type', hiresScheduler(run.sampling, first.run.sampling)],
    ['Hires CFG Scale', run.sampling.plan.cfgScale === first.run.sampling.plan.cfgScale ? null : pythonFloat(run.sampling.plan.cfgScale)],
    ['Hires upscale', size.resize === undefined ? pythonFloat(wanted.scale) : null],
    ['Hires resize', size.resize ?? null],
    ['Hires steps', wanted.steps === 0 ? null : wanted.steps],
    ['Hires upscaler', wanted.upscaler],
  ];
}

/**
 * Timestep samplers have no schedule, so that one after them is told even by the same name. `Automatic` is told where the
 * first run had another: the reference leaves it out, and its parameters then make another picture.
 */
function hiresScheduler({ sampler, scheduler, plan }: JobSampling, first: JobSampling): string | null {
  if (sampler.kind === 'timestep') return null;
  if (!scheduler) return first.plan.scheduler === 'Automatic' ? null : 'Automatic';
  const same = first.sampler.kind === 'sigma' && plan.scheduler === first.plan.scheduler;
  return same ? null : plan.scheduler;
}

async function titleOf({ run: { model } }: NonNullable<DescribedBatch['hires']>): Promise<string> {
  const hash = (await model.hash)?.slice(0, 10);
  return hash ? `${model.info.name} [${hash}]` : model.info.name;
}
