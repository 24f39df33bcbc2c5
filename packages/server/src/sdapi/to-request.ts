import type { RequestInput } from '@armature/core';
import { HostError } from '@armature/sdk/host';
import type { GenerationFields, GenerationTab } from './generation-fields.js';
import { fromPicture } from './picture-fields.js';

type Hires = NonNullable<RequestInput['hires']>;

/** What the fields do not say by themselves: names looked up, pictures read. */
export interface RequestParts {
  readonly sampler: string;
  readonly scheduler: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly extensions: NonNullable<RequestInput['extensions']>;
  readonly images: readonly Uint8Array[];
  readonly mask: Uint8Array | undefined;
}

/** Our field → the webui's, for whoever names what is wrong. */
const fieldNames: Readonly<Record<string, string>> = {
  negativePrompt: 'negative_prompt',
  subseedStrength: 'subseed_strength',
  seedResizeFromWidth: 'seed_resize_from_w',
  seedResizeFromHeight: 'seed_resize_from_h',
  cfgScale: 'cfg_scale',
  batchSize: 'batch_size',
  iterations: 'n_iter',
  sampler: 'sampler_name',
  'hires.scale': 'hr_scale',
  'hires.width': 'hr_resize_x',
  'hires.height': 'hr_resize_y',
  'hires.upscaler': 'hr_upscaler',
  'hires.denoisingStrength': 'denoising_strength',
  'hires.steps': 'hr_second_pass_steps',
  'hires.prompt': 'hr_prompt',
  'hires.negativePrompt': 'hr_negative_prompt',
  'refiner.model': 'refiner_checkpoint',
  'refiner.switchAt': 'refiner_switch_at',
  'init.images': 'init_images',
  'init.denoisingStrength': 'denoising_strength',
  'init.imageCfgScale': 'image_cfg_scale',
  'init.mask.image': 'mask',
  'init.mask.blurX': 'mask_blur_x',
  'init.mask.blurY': 'mask_blur_y',
  'init.mask.padding': 'inpaint_full_res_padding',
};

export const webuiFieldName = (field: string): string | undefined => (Object.hasOwn(fieldNames, field) ? fieldNames[field] : undefined);

/** Fields whose defaults are filled in → a request of ours. @throws HostError REQUEST_INVALID for what is not built */
export function toRequest(tab: GenerationTab, fields: GenerationFields, parts: RequestParts): RequestInput {
  refuseUnbuilt(fields);
  const { size, hires } = tab === 'txt2img' ? hiresOf(fields) : { size: sizeOf(fields), hires: undefined };
  const refiner = refinerOf(fields);
  return {
    prompt: fields.prompt ?? '',
    negativePrompt: fields.negative_prompt ?? '',
    styles: fields.styles ?? [],
    seed: fields.seed ?? -1,
    subseed: fields.subseed ?? -1,
    subseedStrength: fields.subseed_strength ?? 0,
    // The webui takes any size that is not positive for none.
    seedResizeFromWidth: Math.max(-1, fields.seed_resize_from_w ?? -1),
    seedResizeFromHeight: Math.max(-1, fields.seed_resize_from_h ?? -1),
    steps: fields.steps ?? 50,
    cfgScale: fields.cfg_scale ?? 7,
    ...size,
    sampler: parts.sampler,
    scheduler: parts.scheduler,
    batchSize: fields.batch_size ?? 1,
    iterations: fields.n_iter ?? 1,
    ...(hires && { hires }),
    ...(refiner && { refiner }),
    ...(tab === 'img2img' && { init: fromPicture(fields, parts) }),
    settings: { ...parts.settings, ...settingFields(fields) },
    extensions: parts.extensions,
  };
}

const sizeOf = ({ width, height }: GenerationFields) => ({ width: width ?? 512, height: height ?? 512 });

/** An old client's `firstphase_*` is the size of the first run; width and height are then those of the second. */
function hiresOf(fields: GenerationFields): { readonly size: { width: number; height: number }; readonly hires: Hires | undefined } {
  const size = sizeOf(fields);
  if (fields.enable_hr !== true) return { size, hires: undefined };
  const { firstphase_width: width, firstphase_height: height } = fields;
  const old = (width ?? 0) !== 0 || (height ?? 0) !== 0;
  const hires: Hires = {
    scale: fields.hr_scale ?? 2,
    width: old ? size.width : (fields.hr_resize_x ?? 0),
    height: old ? size.height : (fields.hr_resize_y ?? 0),
    ...(fields.hr_upscaler && { upscaler: fields.hr_upscaler }),
    ...(fields.denoising_strength !== null && { denoisingStrength: fields.denoising_strength }),
    steps: fields.hr_second_pass_steps ?? 0,
    sampler: unless('Use same sampler', fields.hr_sampler_name),
    scheduler: unless('Use same scheduler', fields.hr_scheduler),
    model: unless('Use same checkpoint', fields.hr_checkpoint_name),
    prompt: fields.hr_prompt ?? '',
    negativePrompt: fields.hr_negative_prompt ?? '',
  };
  return { size: old ? { width: width ?? 0, height: height ?? 0 } : size, hires };
}

const unless = (same: string, name: string | null): string => (name === null || name === same ? '' : name);

/** Without a share the refiner takes over at once. */
function refinerOf({ refiner_checkpoint: model, refiner_switch_at: switchAt }: GenerationFields): RequestInput['refiner'] {
  return model === null || ['', 'none'].includes(model.toLowerCase()) ? undefined : { model, switchAt: switchAt ?? 0 };
}

/** Request fields of the webui that are settings here; they win over `override_settings`. */
function settingFields(fields: GenerationFields): Readonly<Record<string, unknown>> {
  const { s_min_uncond, s_churn, s_tmin, s_tmax, s_noise, tiling, initial_noise_multiplier, eta } = fields;
  const given = { s_min_uncond, s_churn, s_tmin, s_tmax, s_noise, tiling, initial_noise_multiplier, eta_ancestral: eta, eta_ddim: eta };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== undefined));
}

function refuseUnbuilt({ restore_faces, firstpass_image, enable_hr, disable_extra_networks }: GenerationFields): void {
  const refuse = (field: string, problem: string, seen: string): never => {
    throw new HostError('REQUEST_INVALID', { field, problem, seen });
  };
  if (restore_faces === true) refuse('restore_faces', 'faces cannot be restored here; leave it out', 'true');
  if (disable_extra_networks === true) refuse('disable_extra_networks', 'take the tags out of the prompt instead', 'true');
  // The webui does not decode it either, and fails.
  if (enable_hr && firstpass_image) refuse('firstpass_image', 'is not taken; use img2img', `${firstpass_image.length} characters`);
}
