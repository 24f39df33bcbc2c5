import type { Job } from '../jobs/index.js';
import type { Engine } from './engine.js';
import { hiresSize } from './hires/hires-size.js';
import type { LeaseStack } from './lease-stack.js';
import { prepareRun } from './prepare-run.js';
import type { PictureSize, Run } from './run.js';

/** The run every job has: from noise, or from given pictures. @throws HostError as `prepareRun` */
export function prepareFirstRun(engine: Engine, job: Job, held: LeaseStack): Promise<Run> {
  const { request } = job.info;
  const { settings } = job;
  const refines = !request.hires || settings.hires_fix_refiner_pass !== 'second pass';
  return prepareRun(
    engine,
    job,
    {
      pass: 'first',
      model: request.model || settings.sd_model_checkpoint,
      size: firstSize(job),
      prompts: job.prompts,
      callsBefore: 0,
      sampler: request.sampler,
      scheduler: request.scheduler,
      steps: request.steps,
      cfgScale: request.cfgScale,
      denoise: request.init && { strength: request.init.denoisingStrength, fixedSteps: settings.img2img_fix_steps },
      refiner: refines ? request.refiner : undefined,
    },
    held,
  );
}

function firstSize({ info: { request }, settings }: Job): PictureSize {
  const { width, height, hires } = request;
  return hires ? hiresSize({ width, height, hires }, settings).first : { width, height };
}
