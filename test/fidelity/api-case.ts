import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GenerationRequest, Raster } from '@armature/sdk';

/** One recorded request to the original with the names of the pictures it answered. */
export interface ApiCase {
  readonly name: string;
  readonly group: string;
  readonly endpoint: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly images: readonly string[];
  readonly response: { readonly info: { readonly infotexts: readonly string[] } };
  readonly folder: string;
}

/** webui request field → ours. */
const fields: Readonly<Record<string, keyof GenerationRequest>> = {
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
  sampler_name: 'sampler',
  sampler_index: 'sampler',
  scheduler: 'scheduler',
  batch_size: 'batchSize',
  n_iter: 'iterations',
  override_settings: 'settings',
};
const settings = [
  'randn_source',
  'eta_ddim',
  's_churn',
  's_tmin',
  's_tmax',
  's_noise',
  'eta_noise_seed_delta',
  'CLIP_stop_at_last_layers',
  'emphasis',
  'comma_padding_backtrack',
  'use_old_scheduling',
  'use_old_emphasis_implementation',
  'batch_cond_uncond',
  'pad_cond_uncond',
  'pad_cond_uncond_v0',
  'skip_early_cond',
  'sigma_min',
  'sigma_max',
  'rho',
  'use_old_karras_scheduler_sigmas',
  'always_discard_next_to_last_sigma',
  'sgm_noise_multiplier',
  'sd_noise_schedule',
  'use_downcasted_alpha_bar',
  'enable_quantization',
  'beta_dist_alpha',
  'beta_dist_beta',
  'uni_pc_variant',
  'uni_pc_skip_type',
  'uni_pc_order',
  'uni_pc_lower_order_final',
];
/** webui request fields that are settings here. */
const asSettings = ['s_min_uncond'];
/** Cases in which the original does something we do not: see known-differences.md. */
const differs = ['alias_k_euler_a', 'euler_churn_request_field'];

export function readCases(folder: string): readonly ApiCase[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({ ...(JSON.parse(readFileSync(join(folder, file), 'utf8')) as ApiCase), folder }));
}

/** Whether a case uses nothing beyond what the host builds. */
export function isSupported({ name, endpoint, request }: ApiCase): boolean {
  return (
    !differs.includes(name) &&
    endpoint === '/sdapi/v1/txt2img' &&
    Object.keys(request).every((key) => key in fields || asSettings.includes(key) || key === 'eta') &&
    Object.keys(request.override_settings ?? {}).every((key) => settings.includes(key))
  );
}

export function toRequest({ request }: ApiCase): Partial<GenerationRequest> & { readonly prompt: string } {
  const given = Object.entries(request).filter(([, value]) => value !== null);
  const entries = given.flatMap(([key, value]) => (key in fields ? [[fields[key], value]] : []));
  const extra = Object.fromEntries(given.filter(([key]) => asSettings.includes(key)));
  const eta = typeof request.eta === 'number' ? { eta_ancestral: request.eta, eta_ddim: request.eta } : {};
  const settings = { ...(request.override_settings as object | undefined), ...extra, ...eta };
  return { ...Object.fromEntries(entries), settings } as Partial<GenerationRequest> & { readonly prompt: string };
}

/**
 * How alike a picture must be, in dB. DPM adaptive accepts or refuses steps by an error estimate: a change of 3e-7 in the
 * first noise, less than two float32 kernels differ by, already ends at 31 to 47 dB.
 */
export const leastLikeness = ({ request }: ApiCase): number => (request.sampler_name === 'DPM adaptive' ? 25 : 50);

/** Peak signal-to-noise ratio in dB; Infinity for equal pictures. */
export function psnr(a: Raster, b: Raster): number {
  const left = a.toBytes();
  const right = b.toBytes();
  if (left.length !== right.length) return 0;
  let sum = 0;
  for (let i = 0; i < left.length; i++) sum += ((left[i] as number) - (right[i] as number)) ** 2;
  return sum === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(255 ** 2 / (sum / left.length));
}

/** The parameters without what names the program. */
export const withoutVersion = (infotext: string): string => infotext.replace(/, Version: [^,]*/, '');
