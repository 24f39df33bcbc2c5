import type { SamplerContribution, SamplerOptions, SamplingPlan } from '@armature/sdk';
import type { Job } from '../jobs/index.js';
import { planSigmas, resolveSampler } from '../sampling/index.js';
import type { JobModel } from './acquire-model.js';
import type { Engine } from './engine.js';

/** How every batch of a job is sampled. */
export interface JobSampling {
  readonly plan: SamplingPlan;
  readonly sampler: SamplerContribution;
  readonly options: SamplerOptions;
}

/** Names → sampler, schedule, sigmas. @throws HostError SAMPLER_UNKNOWN, SCHEDULER_UNKNOWN */
export async function planSampling(engine: Engine, job: Job, model: JobModel): Promise<JobSampling> {
  const { registry, hooks } = engine.generation;
  const { request } = job.info;
  const samplers = registry.list('sampler').map((item) => item.value);
  const schedulers = registry.list('scheduler').map((item) => item.value);
  const chosen = resolveSampler({ sampler: request.sampler, scheduler: request.scheduler, samplers, schedulers });
  const sigmas = planSigmas({ ...chosen, steps: request.steps, schedule: model.schedule });
  const base: SamplingPlan = {
    sampler: chosen.sampler.name,
    scheduler: chosen.scheduler?.label ?? 'Automatic',
    steps: request.steps,
    sigmas,
    cfgScale: request.cfgScale,
  };
  const plan = await hooks.sampling.plan.transform(base, model.scope);
  const sampler =
    plan.sampler === base.sampler
      ? chosen.sampler
      : resolveSampler({ sampler: plan.sampler, scheduler: 'Automatic', samplers, schedulers }).sampler;
  return Object.freeze({ plan, sampler, options: samplerOptions(job, sampler) });
}

function samplerOptions(job: Job, sampler: SamplerContribution): SamplerOptions {
  const { settings } = job;
  return {
    eta: sampler.kind === 'timestep' ? settings.eta_ddim : settings.eta_ancestral,
    sChurn: settings.s_churn,
    sTmin: settings.s_tmin,
    sTmax: settings.s_tmax === 0 ? Number.POSITIVE_INFINITY : settings.s_tmax,
    sNoise: settings.s_noise,
  };
}
