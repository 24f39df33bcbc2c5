import type { Infotext, SamplerOptions, SchedulerOptions } from '@armature/sdk';
import type { Job } from '../jobs/index.js';
import type { BatchConditioning } from './batch-conditioning.js';
import { guidanceFields } from './guidance-fields.js';
import type { JobSampling } from './plan-sampling.js';
import type { Run } from './run.js';

/**
 * The generation parameters of one picture: the keys, their order and their conditions follow the reference's
 * `create_infotext`.
 */
export async function describeImage(run: Run, index: number, version: string, conditioning: BatchConditioning): Promise<Infotext> {
  const { job, model, sampling } = run;
  const { request } = job.info;
  const { settings } = job;
  const text = job.prompts[index];
  const varied = request.subseedStrength !== 0;
  const resized = request.seedResizeFromWidth > 0 && request.seedResizeFromHeight > 0;
  const fields: [string, string | number | null][] = [
    ['Steps', request.steps],
    ['Sampler', sampling.sampler.name],
    ['Schedule type', sampling.plan.scheduler],
    ['CFG scale', pythonFloat(request.cfgScale)],
    ['Seed', job.seeds[index] ?? null],
    ['Size', `${request.width}x${request.height}`],
    ['Model hash', settings.add_model_hash_to_info ? ((await model.hash)?.slice(0, 10) ?? null) : null],
    ['Model', settings.add_model_name_to_info ? model.info.name : null],
    ['Variation seed', varied ? (job.subseeds[index] ?? null) : null],
    ['Variation seed strength', varied ? pythonFloat(request.subseedStrength) : null],
    ['Seed resize from', resized ? `${request.seedResizeFromWidth}x${request.seedResizeFromHeight}` : null],
    ['Clip skip', settings.CLIP_stop_at_last_layers > 1 ? settings.CLIP_stop_at_last_layers : null],
    ['ENSD', seedDelta(job, sampling)],
    ['RNG', settings.randn_source === 'GPU' ? null : settings.randn_source],
    ['Emphasis', conditioning.emphasis ?? null],
    ...scheduleFields(job, sampling),
    ...samplerFields(job, sampling),
    ...guidanceFields(run, conditioning).map(([label, value]): [string, string] => [
      label,
      typeof value === 'number' ? pythonFloat(value) : value,
    ]),
    ['Version', settings.add_version_to_infotext ? version : null],
  ];
  return { prompt: text?.prompt ?? '', negativePrompt: text?.negativePrompt ?? '', fields: new Map(fields) };
}

/** Options of the noise levels that are not at their defaults. */
function scheduleFields({ settings }: Job, { sampler, scheduler, schedule }: JobSampling): [string, string | null][] {
  const model: [string, string | null][] = [
    ['Downcast alphas_cumprod', settings.use_downcasted_alpha_bar ? 'True' : null],
    ['Noise Schedule', settings.sd_noise_schedule === 'Default' ? null : settings.sd_noise_schedule],
  ];
  if (sampler.kind === 'timestep') return model;
  const changed = (value: number, standard: number | undefined): string | null =>
    scheduler && standard !== undefined && value !== 0 && value !== standard ? pythonFloat(value) : null;
  const reads = (option: keyof SchedulerOptions): boolean => scheduler?.reads?.includes(option) ?? false;
  return [
    ...model,
    ['Discard penultimate sigma', settings.always_discard_next_to_last_sigma && !sampler.discardNextToLast ? 'True' : null],
    ['Schedule min sigma', changed(settings.sigma_min, schedule.sigmas[0])],
    ['Schedule max sigma', changed(settings.sigma_max, schedule.sigmas.at(-1))],
    ['Schedule rho', changed(settings.rho, scheduler?.defaultRho)],
    ['Beta schedule alpha', reads('betaAlpha') ? pythonFloat(settings.beta_dist_alpha) : null],
    ['Beta schedule beta', reads('betaBeta') ? pythonFloat(settings.beta_dist_beta) : null],
    ['SGM noise multiplier', settings.sgm_noise_multiplier ? 'True' : null],
  ];
}

/** Options that the sampler reads and that were not left at their defaults. */
function samplerFields({ settings }: Job, { sampler }: JobSampling): [string, string | null][] {
  const timestep = sampler.kind === 'timestep';
  const options: readonly [label: string, option: keyof SamplerOptions, value: number, standard: number][] = [
    timestep ? ['Eta DDIM', 'eta', settings.eta_ddim, 0] : ['Eta', 'eta', settings.eta_ancestral, 1],
    ['Sigma churn', 'sChurn', settings.s_churn, 0],
    ['Sigma tmin', 'sTmin', settings.s_tmin, 0],
    ['Sigma tmax', 'sTmax', settings.s_tmax, 0],
    ['Sigma noise', 'sNoise', settings.s_noise, 1],
  ];
  const told = options.filter(([, option, value, standard]) => sampler.reads?.includes(option) && value !== standard);
  return told.map(([label, , value]) => [label, pythonFloat(value)]);
}

/** The seed delta of step noise matters to samplers that draw some, if they are told to. */
function seedDelta({ settings }: Job, { sampler, options }: JobSampling): number | null {
  return sampler.usesEnsd && options.eta !== 0 && settings.eta_noise_seed_delta !== 0 ? settings.eta_noise_seed_delta : null;
}

/** As the reference prints a float: always with a decimal point. */
function pythonFloat(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}
