import type { Infotext, PromptText } from '@armature/sdk';
import type { Settings } from '../api/index.js';
import { type PromptStyle, parseAttention } from '../prompt/index.js';
import { extractStyles } from './extract-styles.js';
import type { Parameters, ParameterValue } from './parameters.js';
import { isOlderWebui } from './webui-version.js';

export interface ParseOptions {
  /** Styles of the styles files, in their order. */
  readonly styles: readonly PromptStyle[];
  readonly settings: Pick<Settings, 'infotext_styles' | 'auto_backcompat' | 'infotext_skip_pasting' | 'use_old_hires_fix_width_height'>;
}

type Draft = Map<string, ParameterValue>;

/** What a text that does not say them means (the first releases wrote fewer fields). */
const defaults: readonly (readonly [key: string, value: ParameterValue])[] = [
  ['Clip skip', '1'],
  ['Hires sampler', 'Use same sampler'],
  ['Hires schedule type', 'Use same scheduler'],
  ['Hires checkpoint', 'Use same checkpoint'],
  ['Hires prompt', ''],
  ['Hires negative prompt', ''],
  ['Mask mode', 'Inpaint masked'],
  ['Masked content', 'original'],
  ['Inpaint area', 'Whole picture'],
  ['Masked area padding', 32],
  ['RNG', 'GPU'],
  ['Schedule type', 'Automatic'],
  ['Schedule max sigma', 0],
  ['Schedule min sigma', 0],
  ['Schedule rho', 0],
  ['VAE Encoder', 'Full'],
  ['VAE Decoder', 'Full'],
  ['FP8 weight', 'Disable'],
  ['Refiner switch by sampling steps', false],
];

/**
 * A parameters text → everything it means, for pictures of any webui release: sizes split, styles taken out of the prompts,
 * defaults put in, and the settings that an old release's pictures need (`parse_generation_parameters`).
 */
export function parseParameters(infotext: Infotext, { styles, settings }: ParseOptions): Parameters {
  const draft: Draft = new Map();
  for (const [key, value] of infotext.fields) if (value !== null) setField(draft, key, value);
  const text = takeStyles(draft, infotext, styles, settings.infotext_styles);
  draft.set('Prompt', text.prompt).set('Negative prompt', text.negativePrompt);
  const hypernetwork = draft.get('Hypernet');
  if (hypernetwork !== undefined) {
    draft.set('Prompt', `${textOf(draft, 'Prompt')}<hypernet:${hypernetwork}:${draft.get('Hypernet strength') ?? '1.0'}>`);
  }
  if (!draft.has('Hires resize-1')) draft.set('Hires resize-1', 0).set('Hires resize-2', 0);
  for (const [key, value] of defaults) if (!draft.has(key)) draft.set(key, value);
  restoreOldHires(draft, settings.use_old_hires_fix_width_height);
  if (draft.get('FP8 weight') !== 'Disable' && !draft.has('Cache FP16 weight for LoRA')) draft.set('Cache FP16 weight for LoRA', false);
  if (!draft.has('Emphasis') && usesEmphasis(text)) draft.set('Emphasis', 'Original');
  if (settings.auto_backcompat) asOldReleasesDid(draft);
  for (const key of settings.infotext_skip_pasting) draft.delete(key);
  return draft;
}

const textOf = (draft: Parameters, key: string): string => String(draft.get(key) ?? '');

/** `512x768` becomes two values, `Size-1` and `Size-2`. */
function setField(draft: Draft, key: string, value: string | number | boolean): void {
  const size = typeof value === 'string' ? /^(\d+)x(\d+)$/.exec(value) : null;
  if (size) draft.set(`${key}-1`, size[1] as string).set(`${key}-2`, size[2] as string);
  else draft.set(key, value);
}

function takeStyles(draft: Draft, written: Infotext, styles: readonly PromptStyle[], wish: Settings['infotext_styles']): PromptText {
  const found = wish === 'Ignore' ? { ...written, styles: [] } : extractStyles(written, styles);
  const same = wish === 'Ignore' || takeHiresStyles(draft, written, found, styles);
  if (same && (wish === 'Apply' || (wish === 'Apply if any' && found.styles.length > 0))) draft.set('Styles array', found.styles);
  return same ? found : written;
}

/** Prompts of the second run have the styles of the first since 1.8.0-139; where they differ, none are taken out. */
function takeHiresStyles(
  draft: Draft,
  written: Infotext,
  found: ReturnType<typeof extractStyles>,
  styles: readonly PromptStyle[],
): boolean {
  if (!draft.has('Hires prompt') && !draft.has('Hires negative prompt')) return true;
  const version = textOf(draft, 'Version');
  if (isOlderWebui('1.8.0-139', version) === false) return true;
  const prompt = draft.has('Hires prompt') ? textOf(draft, 'Hires prompt') : written.prompt;
  const negativePrompt = draft.has('Hires negative prompt') ? textOf(draft, 'Hires negative prompt') : written.negativePrompt;
  const hires = extractStyles({ prompt, negativePrompt }, styles);
  if (hires.styles.join('\n') !== found.styles.join('\n')) return false;
  draft.set('Hires prompt', hires.prompt === found.prompt ? '' : hires.prompt);
  draft.set('Hires negative prompt', hires.negativePrompt === found.negativePrompt ? '' : hires.negativePrompt);
  return true;
}

/** Before 1.0, `Size` was that of the second run and `First pass size` that of the first (`restore_old_hires_fix_params`). */
function restoreOldHires(draft: Draft, oldSizes: boolean): void {
  const number = (key: string, standard = 0): number => Number(draft.get(key) ?? standard) || 0;
  if (oldSizes && number('Hires resize-1') > 0 && number('Hires resize-2') > 0) {
    draft.set('Size-1', number('Hires resize-1')).set('Size-2', number('Hires resize-2'));
    return;
  }
  if (!draft.has('First pass size-1')) return;
  const [width, height] = [number('Size-1', 512), number('Size-2', 512)];
  const given = [number('First pass size-1'), number('First pass size-2')] as const;
  const [first, second] = given[0] > 0 && given[1] > 0 ? given : oldFirstPass(width, height);
  draft.set('Size-1', first).set('Size-2', second);
  draft.set('Hires resize-1', width).set('Hires resize-2', height);
}

/** About 512×512 pixels in the picture's proportions, in steps of 64 (`old_hires_fix_first_pass_dimensions`). */
function oldFirstPass(width: number, height: number): readonly [number, number] {
  const scale = width > 0 && height > 0 ? Math.sqrt((512 * 512) / (width * height)) : 0;
  return [Math.ceil((scale * width) / 64) * 64, Math.ceil((scale * height) / 64) * 64];
}

/** No request takes a longer prompt. */
const longestPrompt = 100_000;

/** A prompt whose brackets cannot be read has some. */
function usesEmphasis({ prompt, negativePrompt }: PromptText): boolean {
  try {
    const parts = [prompt, negativePrompt].flatMap((text) => parseAttention(text.slice(0, longestPrompt)));
    return parts.some((part) => part.weight !== 1 && part.text !== 'BREAK');
  } catch {
    return true;
  }
}

/** What old releases did differently without saying so (`infotext_versions.backcompat`). */
function asOldReleasesDid(draft: Draft): void {
  const before = (release: string): boolean => isOlderWebui(textOf(draft, 'Version'), release) === true;
  if (before('1.6.0') && textOf(draft, 'Prompt').includes('[')) draft.set('Old prompt editing timelines', true);
  if (before('1.6.0') && ['DDIM', 'PLMS'].includes(textOf(draft, 'Sampler'))) draft.set('Pad conds v0', true);
  if (before('1.7.0-225')) draft.set('Downcast alphas_cumprod', true);
  if (before('1.8.0') && textOf(draft, 'Refiner') !== '') draft.set('Refiner switch by sampling steps', true);
}
