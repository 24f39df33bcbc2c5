import type { NoiseSchedule, SamplerContribution, SamplerOptions, SamplingPlan, SchedulerContribution } from '@armature/sdk';
import type { Settings } from '../api/index.js';
import type { Job } from '../jobs/index.js';
import { overrideSchedule, planSigmas, resolveSampler, type SamplerChoice, type SigmaRequest } from '../sampling/index.js';
import type { JobModel } from './acquire-model.js';
import type { Engine } from './engine.js';

/** How every batch of a job is sampled. */
export interface JobSampling {
  readonly plan: SamplingPlan;
  readonly sampler: SamplerContribution;
  /** Undefined: evenly spaced training timesteps. */
  readonly scheduler: SchedulerContribution | undefined;
  /** The model's noise levels under the job's options. */
  readonly schedule: NoiseSchedule;
  readonly options: SamplerOptions;
  /** What the first noise is multiplied by. */
  readonly noiseScale: number;
}

/** Names → sampler, schedule, sigmas. @throws HostError SAMPLER_UNKNOWN, SCHEDULER_UNKNOWN */
export async function planSampling(engine: Engine, job: Job, model: JobModel): Promise<JobSampling> {
  const { registry, hooks } = engine.generation;
  const { settings, info } = job;
  const { request } = info;
  const chosen = chooseSampler(registry, request.sampler, request.scheduler);
  const schedule = scheduleFor(chosen.sampler, model, settings);
  const sigmas = planSigmas({
    ...chosen,
    steps: request.steps,
    schedule,
    family: model.info.family,
    options: sigmaOptions(settings),
  });
  const base: SamplingPlan = {
    sampler: chosen.sampler.name,
    scheduler: chosen.scheduler?.label ?? 'Automatic',
    steps: request.steps,
    sigmas,
    cfgScale: request.cfgScale,
  };
  const plan = await hooks.sampling.plan.transform(base, model.scope);
  const changed = plan.sampler !== base.sampler;
  const sampler = changed ? chooseSampler(registry, plan.sampler, 'Automatic').sampler : chosen.sampler;
  return Object.freeze({
    plan,
    sampler,
    scheduler: chosen.scheduler,
    schedule: changed ? scheduleFor(sampler, model, settings) : schedule,
    options: samplerOptions(settings, sampler),
    noiseScale: noiseScale(plan, sampler, settings),
  });
}

function scheduleFor(sampler: SamplerContribution, model: JobModel, settings: Settings): NoiseSchedule {
  const schedule = overrideSchedule(model.schedule, {
    halfAlphas: settings.use_downcasted_alpha_bar,
    zeroTerminalSnr: settings.sd_noise_schedule === 'Zero Terminal SNR',
    quantized: settings.enable_quantization,
  });
  return sampler.schedule?.(schedule) ?? schedule;
}

/** Samplers of kind `sigma` start from noise of the first level, with the model's own variance on top if the user wants so. */
function noiseScale({ sigmas: [first = 1] }: SamplingPlan, { kind }: SamplerContribution, settings: Settings): number {
  if (kind === 'timestep') return 1;
  return settings.sgm_noise_multiplier ? Math.sqrt(1 + first ** 2) : first;
}

function sigmaOptions(settings: Settings): SigmaRequest['options'] {
  return {
    sigmaMin: settings.sigma_min,
    sigmaMax: settings.sigma_max,
    rho: settings.rho,
    oldRange: settings.use_old_karras_scheduler_sigmas,
    discardNextToLast: settings.always_discard_next_to_last_sigma,
    betaAlpha: settings.beta_dist_alpha,
    betaBeta: settings.beta_dist_beta,
  };
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

function samplerOptions(settings: Settings, sampler: SamplerContribution): SamplerOptions {
  return {
    eta: sampler.kind === 'timestep' ? settings.eta_ddim : settings.eta_ancestral,
    sChurn: settings.s_churn,
    sTmin: settings.s_tmin,
    sTmax: settings.s_tmax === 0 ? Number.POSITIVE_INFINITY : settings.s_tmax,
    sNoise: settings.s_noise,
    uniPc: {
      variant: settings.uni_pc_variant,
      skipType: settings.uni_pc_skip_type,
      order: settings.uni_pc_order,
      lowerOrderFinal: settings.uni_pc_lower_order_final,
    },
  };
}
