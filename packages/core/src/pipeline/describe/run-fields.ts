import type { SamplerOptions, SchedulerOptions } from '@armature/sdk';
import type { Job } from '../../jobs/index.js';
import { vaeTile } from '../images/vae-tile.js';
import type { JobSampling } from '../sampling/plan-sampling.js';
import { callFields } from './call-fields.js';
import type { DescribedRun } from './described-batch.js';
import { type DescribedField, type DescribedValue, pythonTrue } from './described-field.js';
import { pythonFloat } from './python-float.js';

/** What one run of a batch adds behind the common parameters, in the reference's order. */
export async function runFields(described: DescribedRun): Promise<readonly DescribedField[]> {
  const { run, conditioning } = described;
  const { job, sampling } = run;
  return [
    ['Old prompt editing timelines', conditioning.oldTimelines ? pythonTrue : null],
    ['TI hashes', run.pass === 'first' ? (conditioning.usedEmbeddings ?? null) : null],
    ['Emphasis', conditioning.emphasis ?? null],
    ...modelFields(job),
    ...startFields(described),
    ...scheduleFields(described),
    ...extraNoiseFields(described),
    ...samplerFields(job, sampling),
    ...(await callFields(described)),
    ...tileFields(described),
  ];
}

function modelFields({ settings }: Job): readonly DescribedField[] {
  return [
    ['Downcast alphas_cumprod', settings.use_downcasted_alpha_bar ? pythonTrue : null],
    ['Noise Schedule', settings.sd_noise_schedule === 'Default' ? null : settings.sd_noise_schedule],
  ];
}

/** Of the engine's own: the reference has no tiles. */
function tileFields({ run: { job, model, networks, size } }: DescribedRun): readonly DescribedField[] {
  const network = model.detected.networks.find(({ name }) => name === 'vae-decoder');
  return [['VAE tile', vaeTile(job.settings, network, size, networks.budgetBytes) ?? null]];
}

function startFields({ run: { job } }: DescribedRun): readonly DescribedField[] {
  const multiplier = job.settings.initial_noise_multiplier;
  return [['Noise multiplier', job.info.request.init && multiplier !== 1 ? pythonFloat(multiplier) : null]];
}

function extraNoiseFields({ run: { job, pass } }: DescribedRun): readonly DescribedField[] {
  const extra = job.settings.img2img_extra_noise;
  const fromPicture = pass === 'hires' || job.info.request.init !== undefined;
  return [['Extra noise', fromPicture && extra > 0 ? pythonFloat(extra) : null]];
}

/** Options of the noise levels that are not at their defaults. */
function scheduleFields({ run: { job, sampling, pass } }: DescribedRun): readonly DescribedField[] {
  const { settings } = job;
  const { sampler, scheduler, schedule } = sampling;
  const discards: DescribedField = [
    'Discard penultimate sigma',
    settings.always_discard_next_to_last_sigma && !sampler.discardNextToLast ? pythonTrue : null,
  ];
  if (sampler.kind === 'timestep') return [discards];
  const fromNoise = pass === 'first' && job.info.request.init === undefined;
  const changed = (value: number, standard: number | undefined): DescribedValue =>
    scheduler && standard !== undefined && value !== 0 && value !== standard ? pythonFloat(value) : null;
  const reads = (option: keyof SchedulerOptions): boolean => scheduler?.reads?.includes(option) ?? false;
  return [
    discards,
    ['Schedule min sigma', changed(settings.sigma_min, schedule.sigmas[0])],
    ['Schedule max sigma', changed(settings.sigma_max, schedule.sigmas.at(-1))],
    ['Schedule rho', changed(settings.rho, scheduler?.defaultRho)],
    ['Beta schedule alpha', reads('betaAlpha') ? pythonFloat(settings.beta_dist_alpha) : null],
    ['Beta schedule beta', reads('betaBeta') ? pythonFloat(settings.beta_dist_beta) : null],
    ['SGM noise multiplier', fromNoise && settings.sgm_noise_multiplier ? pythonTrue : null],
  ];
}

/** Options that the sampler reads and that were not left at their defaults. */
function samplerFields({ settings }: Job, { sampler }: JobSampling): readonly DescribedField[] {
  const timestep = sampler.kind === 'timestep';
  const options: readonly [label: string, option: keyof SamplerOptions, value: number, standard: number][] = [
    timestep ? ['Eta DDIM', 'eta', settings.eta_ddim, 0] : ['Eta', 'eta', settings.eta_ancestral, 1],
    ['Sigma churn', 'sChurn', settings.s_churn, 0],
    ['Sigma tmin', 'sTmin', settings.s_tmin, 0],
    ['Sigma tmax', 'sTmax', settings.s_tmax, 0],
    ['Sigma noise', 'sNoise', settings.s_noise, 1],
    ['TCD gamma', 'gamma', settings.tcd_gamma, 0.3],
  ];
  const told = options.filter(([, option, value, standard]) => sampler.reads?.includes(option) && value !== standard);
  return told.map(([label, , value]): DescribedField => [label, pythonFloat(value)]);
}
