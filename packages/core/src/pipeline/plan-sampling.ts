import type { SamplerContribution, SamplerOptions, SamplingPlan } from '@armature/sdk';
import type { Job } from '../jobs/index.js';
import { planSigmas, resolveSampler, type SamplerChoice } from '../sampling/index.js';
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
  const chosen = chooseSampler(registry, request.sampler, request.scheduler);
  const sigmas = planSigmas({ ...chosen, steps: request.steps, schedule: model.schedule });
  const base: SamplingPlan = {
    sampler: chosen.sampler.name,
    scheduler: chosen.scheduler?.label ?? 'Automatic',
    steps: request.steps,
    sigmas,
    cfgScale: request.cfgScale,
  };
  const plan = await hooks.sampling.plan.transform(base, model.scope);
  const sampler = plan.sampler === base.sampler ? chosen.sampler : chooseSampler(registry, plan.sampler, 'Automatic').sampler;
  return Object.freeze({ plan, sampler, options: samplerOptions(job, sampler) });
}

/** By full id (`owner.name/thing`), or by the reference's rules for names. */
function chooseSampler(registry: Engine['generation']['registry'], sampler: string, scheduler: string): SamplerChoice {
  const byId = registry.list('sampler').find((entry) => entry.id === sampler);
  const schedulerById = registry.list('scheduler').find((entry) => entry.id === scheduler);
  return resolveSampler({
    sampler: byId?.value.name ?? sampler,
    scheduler: schedulerById?.value.name ?? scheduler,
    samplers: byId ? [byId.value] : registry.list('sampler').map((entry) => entry.value),
    schedulers: schedulerById ? [schedulerById.value] : registry.list('scheduler').map((entry) => entry.value),
  });
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
