import type { Host } from '@armature/core';
import { serverOptionsSchema } from '@armature/server';
import { generationSchemas } from '../../packages/server/src/sdapi/generation-fields.js';
import { prepareGeneration } from '../../packages/server/src/sdapi/run-generation.js';
import type { ApiCase } from './api-case.js';
import { withPictures } from './http-answer.js';

/** A request of ours: `init` is there for image to image. */
export type CaseRequest = Parameters<Host['txt2img']>[0];
type Fields = Readonly<Record<string, unknown>>;
type Init = NonNullable<CaseRequest['init']>;

/** webui request field → ours. */
const names: Readonly<Record<string, string>> = {
  prompt: 'prompt',
  negative_prompt: 'negativePrompt',
  styles: 'styles',
  seed: 'seed',
  subseed: 'subseed',
  subseed_strength: 'subseedStrength',
  seed_resize_from_w: 'seedResizeFromWidth',
  seed_resize_from_h: 'seedResizeFromHeight',
  steps: 'steps',
  cfg_scale: 'cfgScale',
  width: 'width',
  height: 'height',
  sampler_index: 'sampler',
  sampler_name: 'sampler',
  scheduler: 'scheduler',
  batch_size: 'batchSize',
  n_iter: 'iterations',
};
const hiresNames: Readonly<Record<string, string>> = {
  hr_scale: 'scale',
  hr_resize_x: 'width',
  hr_resize_y: 'height',
  hr_upscaler: 'upscaler',
  denoising_strength: 'denoisingStrength',
  hr_second_pass_steps: 'steps',
  hr_sampler_name: 'sampler',
  hr_scheduler: 'scheduler',
  hr_checkpoint_name: 'model',
  hr_prompt: 'prompt',
  hr_negative_prompt: 'negativePrompt',
};
/** webui request fields that are settings here. */
const asSettings = ['s_min_uncond', 's_churn', 's_tmin', 's_tmax', 's_noise', 'tiling', 'initial_noise_multiplier'];
/** Options of the original that have no effect, and that no one can set here. */
const without = ['ddim_discretize'];
const contents = ['fill', 'original', 'latent noise', 'latent nothing'] as const;
const resizeModes = ['stretch', 'crop', 'fill', 'latent'] as const;

const isGiven = (value: unknown): boolean => value !== null && value !== undefined;

/** The fields that are given, under other names. */
function renamed(request: Fields, table: Readonly<Record<string, string>>): Fields {
  return Object.fromEntries(Object.entries(table).flatMap(([from, to]) => (isGiven(request[from]) ? [[to, request[from]]] : [])));
}

/** The bytes of `{"$b64": "inputs/x.png"}`. */
function pictureOf(value: unknown, root: string): Uint8Array {
  return new Uint8Array(readFileSync(join(root, (value as { $b64: string }).$b64)));
}

/** The same with pictures as base64 wherever they stand. */
function withPictures(value: unknown, root: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withPictures(item, root));
  if (typeof value !== 'object' || value === null) return value;
  if ('$b64' in value) return Buffer.from(pictureOf(value, root)).toString('base64');
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withPictures(item, root)]));
}

function settingsOf(request: Fields): Fields {
  const eta = typeof request.eta === 'number' ? { eta_ancestral: request.eta, eta_ddim: request.eta } : {};
  const given = Object.entries({ ...(request.override_settings as Fields | undefined) }).filter(([key]) => !without.includes(key));
  const fields = asSettings.filter((key) => isGiven(request[key])).map((key) => [key, request[key]]);
  return { ...Object.fromEntries(given), ...Object.fromEntries(fields), ...eta };
}

/** Defaults are those of the webui's API: fill, only masked, no padding. */
function maskOf(request: Fields, root: string): Init['mask'] {
  if (!isGiven(request.mask)) return undefined;
  const blur = request.mask_blur as number | undefined;
  return {
    image: pictureOf(request.mask, root),
    blurX: blur ?? (request.mask_blur_x as number | undefined) ?? 4,
    blurY: blur ?? (request.mask_blur_y as number | undefined) ?? 4,
    round: (request.mask_round as boolean | undefined) ?? true,
    invert: request.inpainting_mask_invert === 1,
    content: contents[(request.inpainting_fill as number | undefined) ?? 0] ?? 'fill',
    area: request.inpaint_full_res === false ? 'whole' : 'masked',
    padding: (request.inpaint_full_res_padding as number | undefined) ?? 0,
  };
}

function initOf(request: Fields, root: string): Init {
  const mask = maskOf(request, root);
  return {
    images: (request.init_images as readonly unknown[]).map((image) => pictureOf(image, root)),
    denoisingStrength: (request.denoising_strength as number | undefined) ?? 0.75,
    resizeMode: resizeModes[(request.resize_mode as number | undefined) ?? 0] ?? 'stretch',
    ...(isGiven(request.image_cfg_scale) && { imageCfgScale: request.image_cfg_scale as number }),
    ...(mask && { mask }),
  };
}

/**
 * A request of ours for a recorded one, as the server makes it.
 * @param root the folder that holds `inputs/`
 */
export async function toRequest(host: Host, { endpoint, request }: ApiCase, root: string): Promise<CaseRequest> {
  const tab = endpoint.endsWith('img2img') ? 'img2img' : 'txt2img';
  const sent = generationSchemas[tab].parse(withPictures(request, root));
  const prepared = await prepareGeneration({ host, options: serverOptionsSchema.parse({}) }, tab, sent);
  return prepared.request;
export function toRequest({ endpoint, request }: ApiCase, root: string): CaseRequest {
  const model = { model: request.refiner_checkpoint, switchAt: request.refiner_switch_at };
  return {
    ...renamed(request, names),
    ...(request.enable_hr === true && { hires: renamed(request, hiresNames) }),
    ...(isGiven(request.refiner_checkpoint) && { refiner: model }),
    ...(endpoint.endsWith('img2img') && { init: initOf(request, root) }),
    ...(isGiven(request.alwayson_scripts) && {
      extensions: scriptArgs(withPictures(request.alwayson_scripts, root) as Parameters<typeof scriptArgs>[0]),
    }),
    settings: settingsOf(request),
  } as CaseRequest;
}
