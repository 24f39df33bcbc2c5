import { generationRequestSchema, type RequestInput } from '@armature/core';
import { HostError } from '@armature/sdk/host';
import type { Command } from 'commander';
import { flagValue } from './flag-value.js';
import { fieldHelp, fieldPlaceholder, type JsonField, jsonFields } from './json-field.js';

const initSchema = generationRequestSchema.shape.init.unwrap();
const initFields = jsonFields(initSchema);
const maskFields = jsonFields(initSchema.shape.mask.unwrap());

type Init = NonNullable<RequestInput['init']>;

/** What the user said of the given picture and its mask. */
export interface GivenInit {
  readonly init: Partial<Omit<Init, 'images' | 'mask'>>;
  readonly mask: Partial<NonNullable<Init['mask']>>;
  /** File of the mask. */
  readonly maskFile: string | undefined;
}

/** Flag → request field. `--mask-blur` is for both axes, `--soft-mask` turns `round` off. */
const initFlags: readonly (readonly [flag: string, name: string])[] = [
  ['--denoising-strength', 'denoisingStrength'],
  ['--resize-mode', 'resizeMode'],
  ['--image-cfg', 'imageCfgScale'],
];
const maskFlags: readonly (readonly [flag: string, name: string])[] = [
  ['--mask-blur', 'blurX'],
  ['--mask-content', 'content'],
  ['--mask-area', 'area'],
  ['--mask-padding', 'padding'],
  ['--mask-invert', 'invert'],
];

/** `--resize-mode`, `--mask`, `--soft-mask`: what no parameters text says of a given picture. */
export function addGivenPictureFlags(command: Command): Command {
  addFlags(command, initFlags.slice(1, 2), initFields);
  return command
    .option('--mask <file>', 'Mask: what is white, or opaque, is painted anew')
    .option('--soft-mask', 'Keep the greys of the mask instead of making it black and white');
}

/** Every flag of image to image. */
export function addInitFlags(command: Command): Command {
  addFlags(command, [initFlags[0]!, initFlags[2]!], initFields);
  addGivenPictureFlags(command);
  return addFlags(command, maskFlags, { ...maskFields, blurX: { ...maskFields.blurX, description: 'Blur of the mask, pixels' } });
}

function addFlags(command: Command, flags: typeof initFlags, fields: Readonly<Record<string, JsonField>>): Command {
  for (const [flag, name] of flags) {
    const field = fields[name] as JsonField;
    if (field.type === 'boolean') command.option(flag, fieldHelp(field));
    else command.option(`${flag}${fieldPlaceholder(field)}`, fieldHelp(field), (text: string) => flagValue(flag, text, field));
  }
  return command;
}

/** What was given, by request names. @throws HostError CLI_USAGE for flags of a mask without one */
export function initFromFlags(options: Readonly<Record<string, unknown>>): GivenInit {
  const read = (flags: typeof initFlags): Record<string, unknown> =>
    Object.fromEntries(flags.map(([flag, name]) => [name, options[camelCase(flag)]] as const).filter(([, value]) => value !== undefined));
  const given = read(maskFlags);
  if (given.blurX !== undefined) given.blurY = given.blurX;
  if (options.softMask === true) given.round = false;
  const maskFile = options.mask as string | undefined;
  if (maskFile === undefined && Object.keys(given).length > 0) {
    throw new HostError('CLI_USAGE', { problem: 'There is no mask that could be blurred, cut or inverted: give one with --mask.' });
  }
  return { init: read(initFlags), mask: given, maskFile };
}

/** `--mask-blur` → `maskBlur`, as commander names it. */
const camelCase = (flag: string): string => flag.slice(2).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
