import { z } from 'zod';
import { flagField, integerField, listField, numberField, objectField, textField, textListField } from './webui-field.js';

/** Fields of both routes, in the order and with the defaults of the webui's API (`StableDiffusionProcessing`). */
const common = {
  prompt: textField(''),
  negative_prompt: textField(''),
  styles: textListField(),
  seed: integerField(-1),
  subseed: integerField(-1),
  subseed_strength: numberField(0),
  seed_resize_from_h: integerField(-1),
  seed_resize_from_w: integerField(-1),
  sampler_name: textField(),
  scheduler: textField(),
  batch_size: integerField(1),
  n_iter: integerField(1),
  steps: integerField(50),
  cfg_scale: numberField(7),
  width: integerField(512),
  height: integerField(512),
  restore_faces: flagField(),
  tiling: flagField(),
  do_not_save_samples: flagField(false, 'Without effect, as in the webui: save_images decides'),
  do_not_save_grid: flagField(false, 'Without effect, as in the webui: save_images decides'),
  eta: numberField(),
  denoising_strength: numberField(),
  s_min_uncond: numberField(),
  s_churn: numberField(),
  s_tmax: numberField(),
  s_tmin: numberField(),
  s_noise: numberField(),
  override_settings: objectField(null, 'Options for this request only'),
  override_settings_restore_afterwards: flagField(true, 'false: the options stay for later requests'),
  refiner_checkpoint: textField(),
  refiner_switch_at: numberField(),
  disable_extra_networks: flagField(false),
  firstpass_image: textField(),
  comments: objectField(),
};

const closing = {
  force_task_id: textField(),
  sampler_index: textField('Euler'),
};

const outer = {
  script_name: textField(),
  script_args: listField([]),
  send_images: flagField(true),
  save_images: flagField(false),
  alwayson_scripts: objectField({}),
  infotext: textField(),
};

const txt2imgShape = {
  ...common,
  enable_hr: flagField(false),
  firstphase_width: integerField(0),
  firstphase_height: integerField(0),
  hr_scale: numberField(2),
  hr_upscaler: textField(),
  hr_second_pass_steps: integerField(0),
  hr_resize_x: integerField(0),
  hr_resize_y: integerField(0),
  hr_checkpoint_name: textField(),
  hr_sampler_name: textField(),
  hr_scheduler: textField(),
  hr_prompt: textField(''),
  hr_negative_prompt: textField(''),
  ...closing,
  ...outer,
};

const img2imgShape = {
  ...common,
  denoising_strength: numberField(0.75),
  init_images: listField(),
  resize_mode: integerField(0),
  image_cfg_scale: numberField(),
  mask: textField(),
  mask_blur_x: integerField(4),
  mask_blur_y: integerField(4),
  mask_blur: integerField(),
  mask_round: flagField(true),
  inpainting_fill: integerField(0),
  inpaint_full_res: flagField(true),
  inpaint_full_res_padding: integerField(0),
  inpainting_mask_invert: integerField(0),
  initial_noise_multiplier: numberField(),
  latent_mask: textField(),
  ...closing,
  include_init_images: flagField(false),
  ...outer,
};

/** A field that is none of the webui's: an extension's fault fails the request. */
const own = { strict: z.boolean().nullish().describe('Fail when an extension fails, instead of going on without it') };

export const generationSchemas = {
  txt2img: z.object({ ...txt2imgShape, ...own }),
  img2img: z.object({ ...img2imgShape, ...own }),
};

export type GenerationTab = keyof typeof generationSchemas;
export const generationTabs: readonly GenerationTab[] = ['txt2img', 'img2img'];

type Txt2ImgFields = Omit<z.output<typeof generationSchemas.txt2img>, 'strict'>;
type Img2ImgFields = Omit<z.output<typeof generationSchemas.img2img>, 'strict'>;

/** What a client sent, as far as the route knows it. Those of the other route are missing. */
export type SentFields = Partial<Txt2ImgFields & Img2ImgFields> & { readonly strict?: boolean | null | undefined };

/** Every field of the route. Null where the client said so: then the default holds. */
export type GenerationFields = { readonly [K in keyof Omit<SentFields, 'strict'>]-?: Exclude<SentFields[K], undefined> };

const defaults: Readonly<Record<GenerationTab, Readonly<Record<string, unknown>>>> = {
  txt2img: defaultsOf(txt2imgShape),
  img2img: defaultsOf(img2imgShape),
};

function defaultsOf(shape: Readonly<Record<string, z.ZodType>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(shape).map(([name, schema]) => [name, schema.meta()?.default ?? null]));
}

/** All fields of a route with what was sent in their place: what the answer's `parameters` repeat. */
export function withDefaults(tab: GenerationTab, { strict: _own, ...sent }: SentFields): GenerationFields {
  return { ...defaults[tab], ...sent } as GenerationFields;
}

/** The value that counts: null means the default. */
export function effective(tab: GenerationTab, fields: GenerationFields): GenerationFields {
  const filled = Object.entries(fields).map(([name, value]) => [name, value ?? defaults[tab][name] ?? null]);
  return Object.fromEntries(filled) as GenerationFields;
}
