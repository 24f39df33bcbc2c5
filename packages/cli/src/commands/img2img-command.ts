import type { Command } from 'commander';
import type { DottedFlag } from '../flags/dotted-flags.js';
import { addInitFlags, initFromFlags } from '../flags/init-flags.js';
import { addPartFlags, partsFromFlags } from '../flags/part-flags.js';
import { addPictureFlags, type PictureFlags, pictureRequest } from '../flags/picture-flags.js';
import { readInit } from '../host/read-init.js';
import type { CommandContext } from './command-context.js';
import { makePictures } from './make-pictures.js';

const help = `
Extensions add flags of their own, --extension.argument value; see armature extensions.
Pictures and masks may be PNG, JPEG or WebP files.

Examples:
  armature img2img sketch.png "a castle at night" --denoising-strength 0.6
  armature img2img photo.jpg "a red door" --mask door.png --mask-area masked --mask-padding 16
`;

/** `armature img2img <picture> "<prompt>"`. */
export function img2imgCommand(
  program: Command,
  { terminal, dotted, done }: CommandContext & { readonly dotted: readonly DottedFlag[] },
): void {
  const command = program
    .command('img2img')
    .description('Make pictures from a picture and a text')
    .argument('<picture>', 'The picture to start from')
    .argument('[prompt]', 'What the new picture should show');
  addInitFlags(command);
  addPartFlags(addPictureFlags(command, "the picture's own"), 'refiner');
  command.addHelpText('after', help);
  command.action(async (picture: string, prompt: string | undefined, flags: PictureFlags) => {
    const { out, json = false, preview } = flags;
    const given = initFromFlags(command.opts());
    const request = { ...pictureRequest(command), ...partsFromFlags(command.opts()) };
    const order = { prompt, request, dotted, host: flags, out, json, preview };
    done(await makePictures({ ...order, prepare: () => readInit(picture, given, terminal.folder) }, terminal));
  });
}
