import { createHash } from 'node:crypto';
import { filenameDate } from './filename-date.js';
import { filenamePart } from './filename-part.js';

/** What file names can tell of a picture. */
export interface FilenameFacts {
  readonly basename: string;
  readonly seed: number;
  /** Seeds of the job's first and last picture. */
  readonly seeds: readonly [first: number, last: number];
  readonly steps: number;
  readonly cfgScale: number;
  readonly width: number;
  readonly height: number;
  readonly styles: readonly string[];
  /** Texts of these styles, which `[prompt_no_styles]` takes out of the prompt. */
  readonly stylePrompts: readonly string[];
  readonly sampler: string;
  readonly scheduler: string;
  readonly modelName: string;
  readonly modelHash: string | undefined;
  /** File of the VAE, if it is not the checkpoint's own. */
  readonly vaeFile: string | undefined;
  /** Now, and when the job began. */
  readonly date: Date;
  readonly started: Date;
  /** The picture's, with styles. */
  readonly prompt: string;
  /** The request's own. */
  readonly requestPrompt: string;
  readonly requestNegativePrompt: string;
  /** 0-based, within the job. */
  readonly index: number;
  readonly batchSize: number;
  readonly iterations: number;
  readonly clipSkip: number;
  readonly denoisingStrength: number | undefined;
  /** SHA-256 of the pixels, hex; undefined where it was not worked out. */
  readonly imageHash: string | undefined;
  /** Words that `[prompt_words]` takes. */
  readonly promptWords: number;
}

/** The token and the text before it are left out. */
const skip = Symbol('NOTHING_AND_SKIP_PREVIOUS_TEXT');
type Replacement = string | number | typeof skip | undefined;

const spaced = (text: string): string => filenamePart(text, { spaces: 'kept' });
const localDate = (moment: Date, format: string): string => spaced(filenameDate(moment, format));
/** As Python prints a float. */
const float = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));
const stamp = '%Y%m%d%H%M%S';

const tokens: Readonly<Record<string, (facts: FilenameFacts, args: readonly string[]) => Replacement>> = {
  basename: ({ basename }) => basename || 'img',
  seed: ({ seed }) => seed,
  seed_first: ({ seed, seeds, batchSize }) => (batchSize === 1 ? seed : seeds[0]),
  seed_last: ({ seeds, batchSize }) => (batchSize === 1 ? skip : seeds[1]),
  steps: ({ steps }) => steps,
  cfg: ({ cfgScale }) => float(cfgScale),
  width: ({ width }) => width,
  height: ({ height }) => height,
  styles: ({ styles }) => spaced(styles.filter((name) => name !== 'None').join(', ') || 'None'),
  sampler: ({ sampler }) => spaced(sampler),
  sampler_scheduler: ({ sampler, scheduler }) => spaced(`${sampler} ${capitalized(scheduler)}`),
  scheduler: ({ scheduler }) => spaced(capitalized(scheduler)),
  model_hash: ({ modelHash }) => modelHash,
  model_name: ({ modelName }) => spaced(modelName),
  date: ({ date }) => localDate(date, '%Y-%m-%d'),
  datetime: ({ date }, [format, zone]) => spaced(filenameDate(date, format || stamp, zone)),
  job_timestamp: ({ started }) => localDate(started, stamp),
  prompt_hash: ({ prompt }, [length]) => textHash(prompt, length),
  negative_prompt_hash: ({ requestNegativePrompt }, [length]) => textHash(requestNegativePrompt, length),
  full_prompt_hash: ({ requestPrompt, requestNegativePrompt }, [length]) => textHash(`${requestPrompt} ${requestNegativePrompt}`, length),
  prompt: ({ prompt }) => filenamePart(prompt, { spaces: 'replaced' }),
  prompt_no_styles: ({ prompt, stylePrompts }) => spaced(withoutStyles(prompt, stylePrompts)),
  prompt_spaces: ({ prompt }) => spaced(prompt),
  prompt_words: ({ prompt, promptWords }) => spaced(firstWords(prompt, promptWords)),
  batch_number: ({ index, batchSize }) => (batchSize === 1 ? skip : (index % batchSize) + 1),
  batch_size: ({ batchSize }) => batchSize,
  generation_number: ({ index, batchSize, iterations }) => (batchSize === 1 && iterations === 1 ? skip : index + 1),
  hasprompt: ({ prompt }, args) => hasPrompt(prompt, args),
  clip_skip: ({ clipSkip }) => clipSkip,
  denoising: ({ denoisingStrength }) => (denoisingStrength ? float(denoisingStrength) : skip),
  vae_filename: ({ vaeFile }) => (vaeFile === undefined ? 'NoneType' : spaced(stemOf(vaeFile))),
  none: () => '',
  image_hash: ({ imageHash }, [length]) => (imageHash === undefined ? undefined : cut(imageHash, length, imageHash.length)),
};

/**
 * The text of a pattern (`FilenameGenerator.apply`): `[token]`, `[token<argument>]`. Token names in any case; a token that
 * is not known, or has nothing to tell, stays as it is, without its arguments.
 */
export function filenameFrom(pattern: string, facts: FilenameFacts): string {
  let name = '';
  for (const [, text = '', written] of pattern.matchAll(/(.*?)(?:\[([^[\]]+)\]|$)/g)) {
    if (written === undefined) {
      name += text;
      continue;
    }
    const { token, args } = readToken(written);
    const known = token.toLowerCase();
    const replacement = Object.hasOwn(tokens, known) ? tokens[known]?.(facts, args) : undefined;
    if (replacement !== skip) name += `${text}${replacement ?? `[${token}]`}`;
  }
  return name;
}

/** Is a token in the pattern? What costs time is worked out only then. */
export const mentions = (pattern: string, token: keyof typeof tokens & string): boolean =>
  [...pattern.matchAll(/\[([^[\]]+)\]/g)].some(([, written = '']) => readToken(written).token.toLowerCase() === token);

function readToken(written: string): { readonly token: string; readonly args: readonly string[] } {
  const args: string[] = [];
  let token = written;
  for (let match = lastArgument.exec(token); match; match = lastArgument.exec(token)) {
    args.unshift(match[2] ?? '');
    token = match[1] ?? '';
  }
  return { token, args };
}
const lastArgument = /^(.*)<([^>]*)>$/;

/** `Sgm uniform`, as Python's `capitalize`. */
const capitalized = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1).toLowerCase()}`;

const textHash = (text: string, length: string | undefined): string | undefined =>
  cut(createHash('sha256').update(text).digest('hex'), length, 8);

/** The first `length` digits; nothing when that is no whole number. */
function cut(digits: string, length: string | undefined, standard: number): string | undefined {
  if (!length) return digits.slice(0, standard);
  return /^\s*[+-]?\d+\s*$/.test(length) ? digits.slice(0, Number(length)) : undefined;
}

/** ASCII punctuation, all but the backslash, which the reference's expression leaves out by accident. */
const betweenWords = /[\s!"#$%&'()*+,\-./:;<=>?@[\]^_`{|}~]+/;

function firstWords(prompt: string, count: number): string {
  const words = prompt.split(betweenWords).filter((word) => word !== '');
  return words.slice(0, count).join(' ') || 'empty';
}

/** `<cat|dog>`: cat where the prompt has it, else dog. */
function hasPrompt(prompt: string, args: readonly string[]): string {
  const lower = prompt.toLowerCase();
  const found = args.map((arg) => {
    const [expected = '', otherwise = ''] = arg.split('|');
    return lower.includes(expected.toLowerCase()) ? expected.toLowerCase() : otherwise;
  });
  return filenamePart(found.join(''), { spaces: 'replaced' });
}

function withoutStyles(prompt: string, stylePrompts: readonly string[]): string {
  let bare = prompt;
  for (const style of stylePrompts.filter((text) => text !== '')) {
    for (const part of style.split('{prompt}')) bare = trimCommas(bare.replaceAll(part, '').replaceAll(', ,', ',').trim());
    bare = trimCommas(bare.replaceAll(style, '').trim()).trim();
  }
  return bare;
}
const trimCommas = (text: string): string => text.replace(/^,+|,+$/g, '');

/** The file name up to its first dot. */
function stemOf(file: string): string {
  const [first = '', second] = (file.split(/[/\\]/).at(-1) ?? '').split('.');
  return first === '' && second !== undefined ? second : first;
}
