import type { GenerationRequest, HiresRequest, InitRequest } from '@armature/sdk';
import type { Axis, AxisValue } from './axis.js';
import { orderWords, replaceWords } from './prompt-words.js';

type Request = GenerationRequest;
type Change<V> = (request: Request, value: V, all: readonly AxisValue[]) => Request;

const setting =
  <V>(...names: readonly string[]): Change<V> =>
  (request, value) => ({ ...request, settings: { ...request.settings, ...Object.fromEntries(names.map((name) => [name, value])) } });
const flag =
  (name: string): Change<string> =>
  (request, value) =>
    setting<boolean>(name)(request, value.toLowerCase() === 'true', []);
const field =
  <K extends keyof Request>(name: K): Change<Request[K]> =>
  (request, value) => ({ ...request, [name]: value });
/** Without a second run the value changes nothing, as in the reference. */
const hires =
  <K extends keyof HiresRequest>(name: K): Change<HiresRequest[K]> =>
  (request, value) =>
    request.hires ? { ...request, hires: { ...request.hires, [name]: value } } : request;
const init =
  <K extends keyof InitRequest>(name: K): Change<InitRequest[K]> =>
  (request, value) =>
    request.init ? { ...request, init: { ...request.init, [name]: value } } : request;

const denoising: Change<number> = (request, value) => init('denoisingStrength')(hires('denoisingStrength')(request, value, []), value, []);

const size: Change<string> = (request, value) => {
  const [, width, height] = /^\s*(\d+)\s*x\s*(\d+)\s*$/.exec(value) ?? [];
  if (!width || !height) throw new Error('is no size like 512x768');
  return { ...request, width: Number(width), height: Number(height) };
};

const refiner =
  (name: 'model' | 'switchAt'): Change<string | number> =>
  (request, value) => {
    const now = request.refiner ?? { model: '', switchAt: 0 };
    if (name === 'model')
      return value === 'None' ? { ...request, refiner: undefined } : { ...request, refiner: { ...now, model: String(value) } };
    return now.model === '' ? request : { ...request, refiner: { ...now, switchAt: Number(value) } };
  };

const styles: Change<string> = (request, value) => ({ ...request, styles: [...request.styles, ...value.split(',')] });

/** In the order of the webui's list: clients give an axis by its place in it. */
export const axes: readonly Axis[] = [
  { label: 'Nothing', kind: 'nothing' },
  { label: 'Seed', kind: 'whole', apply: field('seed') },
  { label: 'Var. seed', kind: 'whole', apply: field('subseed') },
  { label: 'Var. strength', kind: 'broken', apply: field('subseedStrength') },
  { label: 'Steps', kind: 'whole', apply: field('steps') },
  { label: 'Hires steps', kind: 'whole', tab: 'txt2img', apply: hires('steps') },
  { label: 'CFG Scale', kind: 'broken', apply: field('cfgScale') },
  { label: 'Image CFG Scale', kind: 'broken', tab: 'img2img', apply: init('imageCfgScale') },
  { label: 'Prompt S/R', kind: 'word', format: 'value', apply: replaceWords },
  { label: 'Prompt order', kind: 'order', format: 'joined', apply: orderWords },
  { label: 'Sampler', kind: 'word', listed: true, format: 'value', apply: field('sampler') },
  { label: 'Hires sampler', kind: 'word', listed: true, tab: 'txt2img', apply: hires('sampler') },
  { label: 'Checkpoint name', kind: 'word', listed: true, format: 'file', cost: 1, apply: field('model') },
  { label: 'Negative Guidance minimum sigma', kind: 'broken', apply: setting('s_min_uncond') },
  { label: 'Sigma Churn', kind: 'broken', apply: setting('s_churn') },
  { label: 'Sigma min', kind: 'broken', apply: setting('s_tmin') },
  { label: 'Sigma max', kind: 'broken', apply: setting('s_tmax') },
  { label: 'Sigma noise', kind: 'broken', apply: setting('s_noise') },
  { label: 'Schedule type', kind: 'word', listed: true, apply: field('scheduler') },
  { label: 'Schedule min sigma', kind: 'broken', apply: setting('sigma_min') },
  { label: 'Schedule max sigma', kind: 'broken', apply: setting('sigma_max') },
  { label: 'Schedule rho', kind: 'broken', apply: setting('rho') },
  { label: 'Beta schedule alpha', kind: 'broken', apply: setting('beta_dist_alpha') },
  { label: 'Beta schedule beta', kind: 'broken', apply: setting('beta_dist_beta') },
  { label: 'Eta', kind: 'broken', apply: setting('eta_ancestral', 'eta_ddim') },
  { label: 'Clip skip', kind: 'whole', apply: setting('CLIP_stop_at_last_layers') },
  { label: 'Denoising', kind: 'broken', apply: denoising },
  { label: 'Initial noise multiplier', kind: 'broken', apply: setting('initial_noise_multiplier') },
  { label: 'Extra noise', kind: 'broken', apply: setting('img2img_extra_noise') },
  { label: 'Hires upscaler', kind: 'word', listed: true, tab: 'txt2img', apply: hires('upscaler') },
  { label: 'Cond. Image Mask Weight', kind: 'broken', tab: 'img2img', apply: setting('inpainting_mask_weight') },
  { label: 'VAE', kind: 'word', listed: true, cost: 0.7, apply: setting('sd_vae') },
  { label: 'Styles', kind: 'word', listed: true, apply: styles },
  { label: 'UniPC Order', kind: 'whole', cost: 0.5, apply: setting('uni_pc_order') },
  { label: 'Face restore', kind: 'word', format: 'value', unbuilt: 'faces are not restored in generations here' },
  { label: 'Token merging ratio', kind: 'broken', unbuilt: 'tokens are not merged here' },
  { label: 'Token merging ratio high-res', kind: 'broken', unbuilt: 'tokens are not merged here' },
  { label: 'Always discard next-to-last sigma', kind: 'word', listed: true, apply: flag('always_discard_next_to_last_sigma') },
  { label: 'SGM noise multiplier', kind: 'word', listed: true, apply: flag('sgm_noise_multiplier') },
  { label: 'Refiner checkpoint', kind: 'word', listed: true, format: 'file', cost: 1, apply: refiner('model') },
  { label: 'Refiner switch at', kind: 'broken', apply: refiner('switchAt') },
  { label: 'RNG source', kind: 'word', listed: true, apply: setting('randn_source') },
  { label: 'FP8 mode', kind: 'word', listed: true, cost: 0.9, unbuilt: 'all networks compute in float32 here' },
  { label: 'Size', kind: 'word', apply: size },
];
