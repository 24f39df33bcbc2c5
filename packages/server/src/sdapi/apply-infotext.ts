import type { Host, Pasted, PastedRequest } from '@armature/core';
import type { GenerationTab, SentFields } from './generation-fields.js';

export interface WithInfotext {
  readonly sent: SentFields;
  /** Arguments of extensions that the text names. */
  readonly extensions: NonNullable<PastedRequest['extensions']>;
}

/**
 * What a request leaves open is taken from its `infotext`, as the webui does: on txt2img also prompts, sizes and the second run;
 * options into `override_settings`. The text names a checkpoint, but does not choose it (`disable_weights_auto_swap`).
 */
export async function applyInfotext(host: Pick<Host, 'paste'>, tab: GenerationTab, sent: SentFields): Promise<WithInfotext> {
  if (!sent.infotext) return { sent, extensions: {} };
  const { request } = await host.paste(sent.infotext);
  const pasted = { ...(tab === 'txt2img' ? mainFields(request) : {}), ...scriptFields(request) };
  const open = Object.entries(pasted).filter(([name, value]) => value !== undefined && !(name in sent));
  const options = request.settings ?? {};
  const settings = Object.keys(options).length === 0 ? {} : { override_settings: { ...options, ...sent.override_settings } };
  return { sent: { ...Object.fromEntries(open), ...sent, ...settings }, extensions: request.extensions ?? {} };
}

type PastedFields = Readonly<Record<string, unknown>>;

const mainFields = (request: Pasted['request']): PastedFields => ({
  prompt: request.prompt,
  negative_prompt: request.negativePrompt,
  cfg_scale: request.cfgScale,
  width: request.width,
  height: request.height,
  styles: request.styles,
  denoising_strength: request.hires?.denoisingStrength ?? request.init?.denoisingStrength,
  ...hiresFields(request.hires),
});

/** The webui fills these in even for a text without a second run. */
const hiresFields = (hires: PastedRequest['hires']): PastedFields => ({
  enable_hr: hires ? true : undefined,
  hr_scale: hires?.scale,
  hr_upscaler: hires?.upscaler,
  hr_second_pass_steps: hires?.steps,
  hr_resize_x: hires?.width ?? 0,
  hr_resize_y: hires?.height ?? 0,
  hr_checkpoint_name: hires?.model || 'Use same checkpoint',
  hr_sampler_name: hires?.sampler || 'Use same sampler',
  hr_scheduler: hires?.scheduler || 'Use same scheduler',
  hr_prompt: hires?.prompt ?? '',
  hr_negative_prompt: hires?.negativePrompt ?? '',
});

const scriptFields = (request: Pasted['request']): PastedFields => ({
  steps: request.steps,
  sampler_name: request.sampler,
  scheduler: request.scheduler,
  seed: request.seed,
  subseed: request.subseed,
  subseed_strength: request.subseedStrength,
  seed_resize_from_w: request.seedResizeFromWidth,
  seed_resize_from_h: request.seedResizeFromHeight,
  refiner_checkpoint: request.refiner?.model,
  refiner_switch_at: request.refiner?.switchAt,
});
