import type { GenerationRequest } from '@armature/sdk';
import { shellWords } from './shell-words.js';

type Fields = Partial<GenerationRequest>;

const number = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new Error(`"${text}" is no number`);
  return value;
};
const whole = (text: string): number => {
  const value = number(text);
  if (!Number.isInteger(value)) throw new Error(`"${text}" is no whole number`);
  return value;
};
const setting = (request: GenerationRequest, values: Readonly<Record<string, unknown>>): Fields => ({
  settings: { ...request.settings, ...values },
});

/** Flag → what it changes in a request. Those about saving are known and change nothing. */
const flags: Readonly<Record<string, (text: string, request: GenerationRequest) => Fields>> = {
  sd_model: (model) => ({ model }),
  styles: (text) => ({ styles: text.split(',').map((style) => style.trim()) }),
  seed: (text) => ({ seed: whole(text) }),
  subseed: (text) => ({ subseed: whole(text) }),
  subseed_strength: (text) => ({ subseedStrength: number(text) }),
  seed_resize_from_h: (text) => ({ seedResizeFromHeight: whole(text) }),
  seed_resize_from_w: (text) => ({ seedResizeFromWidth: whole(text) }),
  sampler_name: (sampler) => ({ sampler }),
  batch_size: (text) => ({ batchSize: whole(text) }),
  n_iter: (text) => ({ iterations: whole(text) }),
  steps: (text) => ({ steps: whole(text) }),
  cfg_scale: (text) => ({ cfgScale: number(text) }),
  width: (text) => ({ width: whole(text) }),
  height: (text) => ({ height: whole(text) }),
  tiling: (text, request) => setting(request, { tiling: text === 'true' }),
  outpath_samples: () => ({}),
  outpath_grids: () => ({}),
  prompt_for_display: () => ({}),
  do_not_save_samples: () => ({}),
  do_not_save_grid: () => ({}),
};

/** What a line changes. One that reads as flags and is none is a prompt, as in the reference; `told` hears why. */
export function lineFields(line: string, request: GenerationRequest, told: (problem: string) => void): Fields {
  if (!line.includes('--')) return { prompt: line };
  try {
    return readFlags(shellWords(line), request);
  } catch (error) {
    told(error instanceof Error ? error.message : String(error));
    return { prompt: line };
  }
}

function readFlags(words: readonly string[], request: GenerationRequest): Fields {
  let fields: Fields = {};
  let at = 0;
  while (at < words.length) {
    const word = words[at] as string;
    const value = words[at + 1];
    const flag = word.slice(2);
    if (!word.startsWith('--')) throw new Error(`"${word}" does not begin with --`);
    if (value === undefined) throw new Error(`${word} has no value`);
    at += 2;
    if (flag === 'prompt' || flag === 'negative_prompt') {
      const texts = [value];
      while (at < words.length && !(words[at] as string).startsWith('--')) texts.push(words[at++] as string);
      fields = { ...fields, [flag === 'prompt' ? 'prompt' : 'negativePrompt']: texts.join(' ') };
      continue;
    }
    const read = Object.hasOwn(flags, flag) ? flags[flag] : undefined;
    if (!read) throw new Error(`${word} is not known here`);
    fields = { ...fields, ...read(value, { ...request, ...fields }) };
  }
  return fields;
}
