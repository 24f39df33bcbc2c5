import type { Job } from '../../jobs/index.js';
import { extensionFields } from '../admit/parse-extension-args.js';
import type { Engine } from '../engine.js';
import type { JobSampling } from '../sampling/plan-sampling.js';
import { scriptField } from '../scripts/script-field.js';
import type { DescribedBatch } from './described-batch.js';
import { type DescribedField, type DescribedValue, type Description, plainOf, pythonTrue, textOf } from './described-field.js';
import { hiresFields } from './hires-fields.js';
import { maskFields } from './mask-fields.js';
import { pythonFloat } from './python-float.js';
import { runFields } from './run-fields.js';

/** Where the reference's add-ons stand: an extension that fills one of these keys finds its place. */
const addOnPlaces: readonly DescribedField[] = [['Lora hashes', null]];

/**
 * The generation parameters of one picture of a job: the keys, their order and their conditions follow the reference's
 * `create_infotext`. What the second run repeats keeps its place and takes the second's value. Arguments of extensions stand
 * where the reference's `process` puts those of scripts: before all that comes of pictures, masks and sampling.
 */
export async function describeImage({ version, generation }: Engine, batch: DescribedBatch, index: number): Promise<Description> {
  const { first, hires } = batch;
  const { job } = first.run;
  const { settings, prompts } = job;
  const fields: readonly DescribedField[] = [
    ...(await commonFields(batch, index)),
    ...extensionFields(generation, job),
    ...Object.entries(job.fields).map(([label, value]) => [label, scriptField(value)] as const),
    ...(await hiresFields(batch, index)),
    ...maskFields(batch),
    ...addOnPlaces,
    ...(await runFields(first)),
    ...(hires ? (await runFields(hires)).filter(([, value]) => value !== null) : []),
    ['Version', settings.add_version_to_infotext ? version : null],
  ];
  const { prompt = '', negativePrompt = '' } = prompts[index] ?? {};
  // A label that stands twice keeps its first place and takes the later value.
  return {
    infotext: { prompt, negativePrompt, fields: new Map(fields.map(([label, value]) => [label, textOf(value)])) },
    values: new Map(fields.map(([label, value]) => [label, plainOf(value)])),
  };
}

async function commonFields(batch: DescribedBatch, index: number): Promise<readonly DescribedField[]> {
  const { job, sampling, size } = batch.first.run;
  const { request } = job.info;
  const { settings } = job;
  const varied = request.subseedStrength !== 0;
  const resized = request.seedResizeFromWidth > 0 && request.seedResizeFromHeight > 0;
  return [
    ['Steps', request.steps],
    ['Sampler', sampling.sampler.name],
    ['Schedule type', sampling.plan.scheduler],
    ['CFG scale', pythonFloat(request.cfgScale)],
    ['Image CFG scale', imageCfgScale(batch)],
    ['Seed', job.seeds[index] ?? null],
    ['Size', `${size.width}x${size.height}`],
    ...(await modelFields(batch)),
    ['Variation seed', varied ? (job.subseeds[index] ?? null) : null],
    ['Variation seed strength', varied ? pythonFloat(request.subseedStrength) : null],
    ['Seed resize from', resized ? `${request.seedResizeFromWidth}x${request.seedResizeFromHeight}` : null],
    ['Denoising strength', denoisingStrength(batch)],
    ['Conditional mask weight', conditionalMaskWeight(batch)],
    ['Clip skip', settings.CLIP_stop_at_last_layers > 1 ? settings.CLIP_stop_at_last_layers : null],
    ['ENSD', seedDelta(job, sampling)],
    ['RNG', settings.randn_source === 'GPU' ? null : settings.randn_source],
    ['Tiling', settings.tiling ? pythonTrue : null],
  ];
}

async function modelFields({ first }: DescribedBatch): Promise<readonly DescribedField[]> {
  const { model, job } = first.run;
  const { settings } = job;
  return [
    ['Model hash', settings.add_model_hash_to_info ? ((await model.hash)?.slice(0, 10) ?? null) : null],
    ['Model', settings.add_model_name_to_info ? model.info.name : null],
    ['VAE hash', model.vae && settings.add_vae_hash_to_info ? ((await model.vae.hash)?.slice(0, 10) ?? null) : null],
    ['VAE', model.vae && settings.add_vae_name_to_info ? model.vae.name : null],
  ];
}

function denoisingStrength({ first, hires }: DescribedBatch): DescribedValue {
  const { request } = first.run.job.info;
  const strength = request.init?.denoisingStrength ?? (hires && request.hires?.denoisingStrength);
  return strength === undefined ? null : pythonFloat(strength);
}

/** Only checkpoints that edit a picture read it. */
function imageCfgScale({ first }: DescribedBatch): DescribedValue {
  const scale = first.run.job.info.request.init?.imageCfgScale;
  return first.run.model.inputs === 'edit' && scale !== undefined ? pythonFloat(scale) : null;
}

function conditionalMaskWeight({ first: { run }, hires }: DescribedBatch): DescribedValue {
  const reads = [run, hires?.run].some((each) => each?.model.inputs === 'inpainting');
  return reads ? pythonFloat(run.job.settings.inpainting_mask_weight) : null;
}

/** The seed delta of step noise matters to samplers that draw some, if they are told to. */
function seedDelta({ settings }: Job, { sampler, options }: JobSampling): number | null {
  return sampler.usesEnsd && options.eta !== 0 && settings.eta_noise_seed_delta !== 0 ? settings.eta_noise_seed_delta : null;
}
