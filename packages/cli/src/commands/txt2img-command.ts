import type { Command } from 'commander';
import type { DottedFlag } from '../flags/dotted-flags.js';
import { addPartFlags, partsFromFlags } from '../flags/part-flags.js';
import { addPictureFlags, type PictureFlags, pictureRequest } from '../flags/picture-flags.js';
import type { CommandContext } from './command-context.js';
import { makePictures } from './make-pictures.js';

const help = `
Extensions add flags of their own, --extension.argument value; see armature extensions.
With the embedded tiny model the defaults are its own: 128x128, 20 steps, guidance 5.

Examples:
  armature txt2img "a red circle on a blue background"
  armature txt2img "a castle" --models ~/webui/models --model v1-5 --size 512x768 --seed 42 --json
  armature txt2img "a castle" --hires.scale 2 --hires.upscaler Lanczos --hires.denoising-strength 0.4
  armature txt2img "a castle" --refiner.model other --refiner.switch-at 0.8
`;

/** `armature txt2img "<prompt>"`. */
export function txt2imgCommand(program: Command, context: CommandContext & { readonly dotted: readonly DottedFlag[] }): void {
  const command = program.command('txt2img').description('Make pictures from a text').argument('[prompt]', 'What the picture should show');
  addPictureFlags(command, '512x512');
  addPartFlags(addPartFlags(command, 'hires'), 'refiner');
  command.addHelpText('after', help);
  command.action(async (prompt: string | undefined, flags: PictureFlags) => {
    const { out, json = false, preview } = flags;
    const request = { ...pictureRequest(command), ...partsFromFlags(command.opts()) };
    context.done(await makePictures({ prompt, request, dotted: context.dotted, host: flags, out, json, preview }, context.terminal));
  });
}
