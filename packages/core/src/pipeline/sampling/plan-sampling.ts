import type { NoiseSchedule, SamplerContribution, SamplerOptions, SamplingPlan, SchedulerContribution } from '@armature/sdk';
import type { Settings } from '../../api/index.js';
import type { Job } from '../../jobs/index.js';
import {
  overrideSchedule,
  planRun,
  type RunPlan,
  type RunRequest,
  replanRun,
  resolveSampler,
  type SamplerChoice,
} from '../../sampling/index.js';
import type { Engine } from '../engine.js';
import type { JobModel } from '../models/acquire-model.js';

/** How a run is asked to be sampled. */
export interface SamplingWish {
  readonly sampler: string;
  readonly scheduler: string;
  readonly steps: number;
  readonly cfgScale: number;
  /** Starts from a picture: the share of the schedule that is run. `fixedSteps`: all steps lie within that share. */
  readonly denoise?: { readonly strength: number; readonly fixedSteps: boolean } | undefined;
}

/** How every batch of a run is sampled. */
export interface JobSampling extends Pick<RunPlan, 'start' | 'range' | 'span'> {
  readonly plan: SamplingPlan;
  readonly sampler: SamplerContribution;
  /** Undefined: evenly spaced training timesteps. */
  readonly scheduler: SchedulerContribution | undefined;
  /** The model's noise levels under the job's options. */
  readonly schedule: NoiseSchedule;
  readonly options: SamplerOptions;
  /** Denoiser calls that prompt schedules are laid over: those of all steps asked for, also where only a share is run. */
  readonly promptCalls: number;
}

/** Names → sampler, schedule, sigmas. @throws HostError SAMPLER_UNKNOWN, SCHEDULER_UNKNOWN */
export async function planSampling(engine: Engine, job: Job, model: JobModel, wish: SamplingWish): Promise<JobSampling> {
  const { registry, hooks } = engine.generation;
  const { settings } = job;
  const chosen = chooseSampler(registry, wish.sampler, wish.scheduler);
  const request = (sampler: SamplerContribution): RunRequest => ({
    sampler,
    scheduler: chosen.scheduler,
    steps: wish.steps,
    schedule: scheduleFor(sampler, model, settings),
    family: model.info.family,
    options: sigmaOptions(settings),
    denoise: wish.denoise,
    sgmNoise: settings.sgm_noise_multiplier,
  });
  const planned = planRun(request(chosen.sampler));
  const base: SamplingPlan = {
    sampler: chosen.sampler.name,
    scheduler: chosen.scheduler?.label ?? 'Automatic',
    steps: planned.steps,
    sigmas: planned.sigmas,
    cfgScale: wish.cfgScale,
  };
  const plan = await hooks.sampling.plan.transform(base, model.scope);
  const sampler = plan.sampler === base.sampler ? chosen.sampler : chooseSampler(registry, plan.sampler, 'Automatic').sampler;
  const { start, range, span } = plan === base ? planned : replanRun(request(sampler), plan.sigmas);
  const steps = plan.steps === base.steps ? wish.steps : plan.steps;
  return Object.freeze({
    plan,
    sampler,
    scheduler: chosen.scheduler,
    schedule: scheduleFor(sampler, model, settings),
    options: samplerOptions(settings, sampler),
    start,
    range,
    span,
    promptCalls: steps * (sampler.secondOrder ? 2 : 1),
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

function sigmaOptions(settings: Settings): RunRequest['options'] {
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
export function chooseSampler(registry: Engine['generation']['registry'], sampler: string, scheduler: string): SamplerChoice {
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
    gamma: settings.tcd_gamma,
    uniPc: {
      variant: settings.uni_pc_variant,
      skipType: settings.uni_pc_skip_type,
      order: settings.uni_pc_order,
      lowerOrderFinal: settings.uni_pc_lower_order_final,
    },
  };
}
