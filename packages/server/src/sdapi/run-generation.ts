import type { RequestInput, RunOptions } from '@armature/core';
import { isHostError } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { readPicture } from '../guard/read-picture.js';
import { WebuiError } from '../guard/webui-error.js';
import type { ServerParts } from '../server-parts.js';
import { applyInfotext } from './apply-infotext.js';
import { effective, type GenerationFields, type GenerationTab, type SentFields, withDefaults } from './generation-fields.js';
import { optionsOf } from './options-of.js';
import { samplerChoice } from './sampler-choice.js';
import { pickedScript, scriptArgs } from './script-args.js';
import type { Task } from './task.js';
import { toRequest, webuiFieldName } from './to-request.js';

/** A request that was understood and not admitted yet. */
export interface Prepared {
  /** As they are repeated to the client: an `infotext` has filled in what was open. */
  readonly told: GenerationFields;
  /** As they count. */
  readonly fields: GenerationFields;
  /** What was done otherwise than asked. */
  readonly notes: readonly string[];
  readonly request: RequestInput;
  /** Options that stay once the job is done. */
  readonly lasting: Readonly<Record<string, unknown>>;
  readonly out: string | undefined;
}

/**
 * The fields of a request → a request of the host's, all names looked up and all pictures read.
 * @throws WebuiError what the webui words itself · HostError REQUEST_INVALID, IMAGE_*
 */
export async function prepareGeneration(
  parts: Pick<ServerParts, 'host' | 'options'>,
  tab: GenerationTab,
  sent: SentFields,
  signal?: AbortSignal,
): Promise<Prepared> {
  const { host } = parts;
  if (tab === 'img2img' && !sent.init_images) throw new WebuiError(404, { detail: 'Init image not found' });
  const text = await applyInfotext(host, tab, sent);
  const told = withDefaults(tab, text.sent);
  const fields = effective(tab, told);
  const script = pickedScript(host, tab, fields);
  const sampler = samplerChoice(host, fields.sampler_name || fields.sampler_index || 'Euler', fields.scheduler ?? 'Automatic');
  const options = optionsOf(host, fields.override_settings);
  const pictures = tab === 'img2img' ? await readPictures(parts, fields, signal) : { images: [], mask: undefined };
  const named = {
    ...pictures,
    sampler: sampler.sampler,
    scheduler: sampler.scheduler,
    settings: options.settings,
    extensions: { ...text.extensions, ...scriptArgs(host, tab, fields.alwayson_scripts ?? {}) },
  };
  return {
    told,
    fields,
    request: { ...toRequest(tab, fields, named), ...(script && { script }), strict: sent.strict ?? false },
    notes: [...sampler.notes, ...options.notes],
    lasting: fields.override_settings_restore_afterwards === false ? options.settings : {},
    out: outputFolder(parts, fields),
  };
}

async function readPictures(
  parts: Pick<ServerParts, 'host' | 'options'>,
  { init_images, mask }: GenerationFields,
  signal: AbortSignal | undefined,
): Promise<{ readonly images: readonly Uint8Array[]; readonly mask: Uint8Array | undefined }> {
  const images: Uint8Array[] = [];
  for (const [index, picture] of (init_images ?? []).entries()) {
    images.push(await readPicture(parts, typeof picture === 'string' ? picture : '', `init_images.${index}`, signal));
  }
  return { images, mask: mask ? await readPicture(parts, mask, 'mask', signal) : undefined };
}

/** @throws HostError REQUEST_INVALID where the server has no folder for pictures */
function outputFolder({ options }: Pick<ServerParts, 'options'>, { save_images }: GenerationFields): string | undefined {
  if (save_images !== true) return undefined;
  if (options.out !== undefined) return options.out;
  throw new HostError('REQUEST_INVALID', { field: 'save_images', problem: 'this server has no folder for pictures (--out)', seen: 'true' });
}

/** Runs it; `answer` makes of the result what the client gets. @throws WebuiError, HostError */
export async function runGeneration(
  { host, store }: ServerParts,
  task: Task,
  { request, out, lasting }: Prepared,
  answer: NonNullable<RunOptions['answer']>,
): Promise<Readonly<Record<string, unknown>>> {
  const options = { signal: task.signal, onProgress: task.heard, stop: task.stop, answer, ...(out !== undefined && { out }) };
  try {
    const result = await host.txt2img(request, options);
    if (!result.answer) throw new HostError('JOB_CANCELLED');
    if (Object.keys(lasting).length > 0) await store.changeSettings(lasting);
    return result.answer;
  } catch (error) {
    throw inWebuiWords(error);
  }
}

/** Errors of the host by the names of the webui's fields; a checkpoint that is not there in its words. */
export function inWebuiWords(error: unknown): unknown {
  if (!isHostError(error)) return error;
  const { code, data } = error;
  if (code === 'MODEL_NOT_FOUND' && data.kind === 'checkpoint') {
    return new WebuiError(500, { error: 'Exception', errors: `Could not find checkpoint with name ${data.name}` }, { cause: error });
  }
  const field = webuiFieldName(String(data.field));
  return field === undefined ? error : new HostError(code, { ...data, field }, { cause: error });
}
