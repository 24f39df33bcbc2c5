import type { GenerationRequest } from '@armature/sdk';
import type { Engine } from '../engine.js';
import type { LeaseStack } from '../lease-stack.js';
import { prepareRun } from '../prepare-run.js';
import type { Run } from '../run.js';
import type { JobSampling } from '../sampling/plan-sampling.js';
import { type HiresSize, hiresSize } from './hires-size.js';
import { type HiresUpscaler, hiresUpscaler } from './start-hires.js';

/** The second run of a job, and what lies between the two. */
export interface HiresRun {
  readonly run: Run;
  readonly size: HiresSize;
  readonly upscaler: HiresUpscaler;
}

/** Plans the second run where the request asks for one. @throws HostError as `prepareRun`, SIZE_INVALID, UPSCALER_UNKNOWN */
export async function prepareHires(engine: Engine, first: Run, held: LeaseStack): Promise<HiresRun | undefined> {
  const { job } = first;
  const { request } = job.info;
  const { hires } = request;
  if (!hires) return undefined;
  const size = hiresSize({ ...request, hires }, job.settings);
  const upscaler = await hiresUpscaler(engine, first, hires.upscaler);
  const { downscale } = first.model.detected.latent;
  const cells = (pixels: number, cut: number): number => (Math.floor(pixels / downscale) - cut) * downscale;
  const run = await prepareRun(
    engine,
    job,
    {
      pass: 'hires',
      model: hires.model === '' ? first.model : hires.model,
      size: { width: cells(size.covered.width, size.cut.x), height: cells(size.covered.height, size.cut.y) },
      toldSize: size.covered,
      prompts: job.hiresPrompts ?? job.prompts,
      callsBefore: first.sampling.promptCalls,
      sampler: hires.sampler || request.sampler,
      scheduler: hires.scheduler || askedScheduler(request, first.sampling),
      steps: hires.steps || request.steps,
      cfgScale: hires.cfgScale || request.cfgScale,
      denoise: { strength: hires.denoisingStrength, fixedSteps: true },
      refiner: job.settings.hires_fix_refiner_pass === 'first pass' ? undefined : request.refiner,
    },
    held,
  );
  return Object.freeze({ run, size, upscaler });
}

/** The schedule the first run was asked for, also where the sampler's name told it (`Euler Karras`); its default was not asked for. */
function askedScheduler({ scheduler: asked }: GenerationRequest, { sampler, scheduler }: JobSampling): string {
  const automatic = asked === '' || asked.toLowerCase() === 'automatic';
  if (!automatic || !scheduler) return asked;
  return [scheduler.name, scheduler.label].some((name) => name === sampler.defaultScheduler) ? asked : scheduler.label;
}
