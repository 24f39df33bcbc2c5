import type { CatalogueApi, Infotext, Logger } from '@armature/sdk';
import { argsFromInfotext, HostError, infotextKeys } from '@armature/sdk/host';
import type { MissingPart, Pasted, PastedRequest, Settings } from '../api/index.js';
import type { Generation } from '../generation/index.js';
import { parseInfotext } from '../image/index.js';
import type { PromptStyle } from '../prompt/index.js';
import { FieldReader } from './field-reader.js';
import type { Parameters } from './parameters.js';
import { parseParameters } from './parse-parameters.js';
import { type PastedModels, pasteModels } from './paste-models.js';
import { pasteParts } from './paste-parts.js';
import { pasteHiresSampler, pasteSampler, type SamplerShelf } from './paste-sampler.js';
import { pasteSettings } from './paste-settings.js';

/** What pasting needs of a host. */
export interface PasteInput {
  readonly generation: Pick<Generation, 'hooks' | 'registry' | 'active'>;
  readonly catalogue: Pick<CatalogueApi, 'list' | 'find'>;
  readonly styles: readonly PromptStyle[];
  /** The host's settings in force. */
  readonly settings: Settings;
  readonly log: Logger;
}

/** Longer than the longest prompts of a request together. */
const longest = 500_000;

/** Fields that say where a picture comes from, not how it is made. */
const remarks = [
  'Version',
  'User',
  'Init image hash',
  'Hypernet',
  'Hypernet strength',
  'First pass size-1',
  'Batch size',
  'Batch pos',
  'Skipped',
];
/** Options that this host does not have; understood when they are off. */
const neutral: ReadonlyMap<string, string> = new Map([
  ['VAE Encoder', 'Full'],
  ['VAE Decoder', 'Full'],
  ['FP8 weight', 'Disable'],
]);

/**
 * A parameters text → the request that makes the picture again, as far as this host can: `api.paste` speaks on the text
 * that was read, then fields become request fields, settings and arguments of extensions.
 * @throws HostError REQUEST_INVALID for a text of more than 500,000 characters
 */
export async function pasteInfotext(input: PasteInput, text: string): Promise<Pasted> {
  const { settings } = input;
  const { infotext, parameters } = await readParameters(input, text);
  const fields = new FieldReader(parameters);
  const missing: MissingPart[] = [];
  const request = await pasteRequest(input, fields, infotext, missing);
  for (const key of remarks) fields.understand(key);
  for (const [key, value] of neutral) if (String(fields.raw(key)) === value) fields.understand(key);
  const written = [...infotext.fields].filter(([, value]) => value !== null).map(([key]) => key);
  const unknown = fields.strangers(written.filter((key) => !settings.infotext_skip_pasting.includes(key)));
  return Object.freeze({ request, infotext, unknown: Object.freeze(unknown), missing: Object.freeze(missing) });
}

/** A parameters text → what it says, after `api.paste`, and everything that means. @throws HostError REQUEST_INVALID */
export async function readParameters(
  { generation, settings, styles, log }: PasteInput,
  text: string,
): Promise<{ readonly infotext: Infotext; readonly parameters: Parameters }> {
  if (text.length > longest) {
    throw new HostError('REQUEST_INVALID', { field: 'infotext', problem: `at most ${longest} characters are read`, seen: text.length });
  }
  const { paste } = generation.hooks.api;
  const read = parseInfotext(text);
  const infotext = paste.tapped ? await paste.transform(read, { log }) : read;
  return { infotext, parameters: parseParameters(infotext, { styles, settings }) };
}

async function pasteRequest(input: PasteInput, fields: FieldReader, infotext: Infotext, missing: MissingPart[]): Promise<PastedRequest> {
  const { registry } = input.generation;
  const shelf: SamplerShelf = {
    samplers: registry.list('sampler').map((entry) => entry.value),
    schedulers: registry.list('scheduler').map((entry) => entry.value),
  };
  const models = await pasteModels(fields, input.catalogue, missing);
  const { hires, init } = pasteParts(fields, (key) => infotext.fields.has(key));
  const sampler = pasteSampler(fields, shelf, missing);
  const settings = pasteSettings(fields, input.settings);
  return {
    prompt: String(fields.raw('Prompt') ?? ''),
    negativePrompt: String(fields.raw('Negative prompt') ?? ''),
    ...pasteNumbers(fields),
    ...sampler,
    ...(models.model !== undefined && { model: models.model }),
    ...(hires && {
      hires: { ...hires, ...pasteHiresSampler(fields, shelf, missing), ...(models.hiresModel && { model: models.hiresModel }) },
    }),
    ...pasteRefiner(fields, models),
    ...(init && { init }),
    settings: models.vae === undefined || models.vae === input.settings.sd_vae ? settings : { ...settings, sd_vae: models.vae },
    extensions: pasteExtensions(input, fields, infotext),
  };
}

/** Request fields that are one number each, or two. */
const numbers = [
  ['Steps', 'steps'],
  ['CFG scale', 'cfgScale'],
  ['Seed', 'seed'],
  ['Variation seed', 'subseed'],
  ['Variation seed strength', 'subseedStrength'],
  ['Seed resize from-1', 'seedResizeFromWidth'],
  ['Seed resize from-2', 'seedResizeFromHeight'],
  ['Size-1', 'width'],
  ['Size-2', 'height'],
] as const;

function pasteNumbers(fields: FieldReader): Partial<PastedRequest> {
  const given: Record<string, unknown> = {};
  for (const [key, name] of numbers) {
    const value = fields.number(key);
    if (value !== undefined) given[name] = value;
  }
  const styles = fields.raw('Styles array');
  return Array.isArray(styles) && styles.length > 0 ? { ...given, styles } : given;
}

function pasteRefiner(fields: FieldReader, { refinerModel }: PastedModels): Pick<PastedRequest, 'refiner'> {
  const switchAt = fields.number('Refiner switch at');
  return refinerModel === undefined ? {} : { refiner: { model: refinerModel, ...(switchAt !== undefined && { switchAt }) } };
}

function pasteExtensions({ generation }: PasteInput, fields: FieldReader, infotext: Infotext): PastedRequest['extensions'] {
  const given: Record<string, Readonly<Record<string, unknown>>> = {};
  for (const { id, definition } of generation.active) {
    const args = argsFromInfotext(id, definition, infotext.fields);
    if (!args) continue;
    given[id] = args;
    for (const key of infotextKeys(id, definition).keys()) fields.understand(key);
  }
  return given;
}
