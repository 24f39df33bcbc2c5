import type { GeneratedImage, GenerationFacts, GenerationResult } from '@armature/core';
import { withoutFolders } from '../guard/without-folders.js';
import type { GenerationFields } from './generation-fields.js';

type Values = Readonly<Record<string, unknown>>;

/** Keys of the parameters that the webui counts among its own and not among the extra ones. */
const commonKeys: ReadonlySet<string> = new Set([
  'Steps',
  'Sampler',
  'CFG scale',
  'Image CFG scale',
  'Seed',
  'Size',
  'Model hash',
  'Model',
  'VAE hash',
  'VAE',
  'Variation seed',
  'Variation seed strength',
  'Seed resize from',
  'Conditional mask weight',
  'Clip skip',
  'ENSD',
  'RNG',
  'Tiling',
  'Version',
  'Skipped',
]);
/** Keys the webui works out only when it writes them, so that its answer has no value. */
const unsaid = ['Hires prompt', 'Hires negative prompt'];

/** The `info` of an answer: the webui's `Processed.js()`, and `faults` where extensions failed. */
export function processedInfo(fields: GenerationFields, result: GenerationResult, facts: GenerationFacts, version: string): Values {
  const { prompts, seeds, subseeds, model, vae } = facts;
  const { images, faults } = result;
  return {
    prompt: prompts[0]?.prompt ?? '',
    all_prompts: prompts.map(({ prompt }) => prompt),
    negative_prompt: prompts[0]?.negativePrompt ?? '',
    all_negative_prompts: prompts.map(({ negativePrompt }) => negativePrompt),
    seed: seeds[0],
    all_seeds: seeds,
    subseed: subseeds[0],
    all_subseeds: subseeds,
    subseed_strength: fields.subseed_strength,
    width: facts.width,
    height: facts.height,
    sampler_name: facts.sampler,
    cfg_scale: fields.cfg_scale,
    steps: fields.steps,
    batch_size: fields.batch_size,
    restore_faces: false,
    face_restoration_model: null,
    sd_model_name: model.name,
    sd_model_hash: shortHash(model.hash),
    sd_vae_name: vae?.name ?? null,
    sd_vae_hash: shortHash(vae?.hash),
    seed_resize_from_w: fields.seed_resize_from_w,
    seed_resize_from_h: fields.seed_resize_from_h,
    // The webui has none for a second run that does not say it, and fails.
    denoising_strength: fields.denoising_strength ?? (fields.enable_hr ? 0.75 : null),
    extra_generation_params: extraParams(images, facts),
    index_of_first_image: images.filter(({ kind }) => kind === 'grid').length,
    infotexts: facts.infotexts ?? images.filter(({ kind }) => kind === 'picture' || kind === 'grid').map(({ infotext }) => infotext),
    styles: fields.styles ?? [],
    job_timestamp: timestamp(facts.started),
    clip_skip: facts.settings.CLIP_stop_at_last_layers,
    is_using_inpainting_conditioning: facts.inpainting,
    version,
    ...(faults.length > 0 && { faults: toldFaults(faults) }),
  };
}

/** Faults as a client sees them. */
export const toldFaults = (faults: GenerationResult['faults']) =>
  faults.map(({ code, extension, hook, message }) => ({ code, extension, hook, message: withoutFolders(message) }));

const shortHash = (hash: string | undefined): string | null => hash?.slice(0, 10) ?? null;

/** Local time as `20261121070111`. */
export function timestamp(milliseconds: number): string {
  const date = new Date(milliseconds);
  const parts = [date.getMonth() + 1, date.getDate(), date.getHours(), date.getMinutes(), date.getSeconds()];
  return `${date.getFullYear()}${parts.map((part) => String(part).padStart(2, '0')).join('')}`;
}

/** What the first picture's parameters add to the common ones. A schedule is among them only where the sampler has a choice. */
function extraParams(images: readonly GeneratedImage[], { scheduler }: GenerationFacts): Values {
  const parameters = images.find(({ kind }) => kind === 'picture')?.parameters ?? new Map<string, null>();
  const extra: Record<string, unknown> = {};
  for (const [key, value] of parameters) {
    if (commonKeys.has(key) || (key === 'Schedule type' && scheduler === 'Automatic')) continue;
    if (value !== null) extra[key] = value;
  }
  if (parameters.has('Hires upscaler')) {
    for (const key of unsaid) extra[key] = null;
    extra['Hires schedule type'] ??= null;
  }
  if (parameters.has('Mask blur')) extra['Mask blur'] ??= null;
  return extra;
}
