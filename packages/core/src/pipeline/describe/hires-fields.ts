import type { DescribedBatch } from './described-batch.js';
import { pythonFloat } from './python-float.js';

type Field = readonly [label: string, value: string | number | null];

/** What the second run of picture `index` was asked for: only what differs from the first. */
export async function hiresFields({ first, hires }: DescribedBatch, index: number): Promise<readonly Field[]> {
  const { request } = first.run.job.info;
  if (!hires || !request.hires) return [];
  const { run, size } = hires;
  const wanted = request.hires;
  const { prompts = [], hiresPrompts = [] } = first.run.job;
  const text = hiresPrompts[index];
  const different = (mine: string | undefined, theirs: string | undefined): string | null => (mine === theirs ? null : (mine ?? null));
  const scheduler = run.sampling.plan.scheduler;
  return [
    ['Hires checkpoint', wanted.model === '' ? null : await titleOf(hires)],
    ['Hires sampler', run.sampling.sampler.name === first.run.sampling.sampler.name ? null : run.sampling.sampler.name],
    ['Hires prompt', different(text?.prompt, prompts[index]?.prompt)],
    ['Hires negative prompt', different(text?.negativePrompt, prompts[index]?.negativePrompt)],
    ['Hires schedule type', run.sampling.sampler.kind === 'timestep' ? null : different(scheduler, first.run.sampling.plan.scheduler)],
    ['Hires CFG Scale', run.sampling.plan.cfgScale === first.run.sampling.plan.cfgScale ? null : pythonFloat(run.sampling.plan.cfgScale)],
    ['Hires upscale', size.resize === undefined ? pythonFloat(wanted.scale) : null],
    ['Hires resize', size.resize ?? null],
    ['Hires steps', wanted.steps === 0 ? null : wanted.steps],
    ['Hires upscaler', wanted.upscaler],
  ];
}

async function titleOf({ run: { model } }: NonNullable<DescribedBatch['hires']>): Promise<string> {
  const hash = (await model.hash)?.slice(0, 10);
  return hash ? `${model.info.name} [${hash}]` : model.info.name;
}
