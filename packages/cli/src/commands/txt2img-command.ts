import type { Command } from 'commander';
import { collectSetting } from '../flags/collect-setting.js';
import type { DottedFlag } from '../flags/dotted-flags.js';
import { parseSize } from '../flags/parse-size.js';
import { addRequestFlags, requestFromFlags } from '../flags/request-flags.js';
import { addFolderFlags, addRuntimeFlags, type HostFlags } from '../host/host-flags.js';
import type { CommandContext } from './command-context.js';
import { makePictures } from './make-pictures.js';

interface Txt2imgFlags extends HostFlags {
  readonly size?: { readonly width: number; readonly height: number };
  readonly set?: Readonly<Record<string, unknown>>;
  readonly out: string;
  readonly json?: boolean;
  readonly preview: boolean;
}

const help = `
Extensions add flags of their own, --extension.argument value; see armature extensions.
With the embedded tiny model the defaults are its own: 128x128, 20 steps, guidance 5.

Examples:
  armature txt2img "a red circle on a blue background"
  armature txt2img "a castle" --models ~/webui/models --model v1-5 --size 512x768 --seed 42 --json
`;

/** `armature txt2img "<prompt>"`. */
export function txt2imgCommand(program: Command, context: CommandContext & { readonly dotted: readonly DottedFlag[] }): void {
  const command = program.command('txt2img').description('Make pictures from a text').argument('[prompt]', 'What the picture should show');
  addRequestFlags(command)
    .option('--size <WxH>', 'Width and height in pixels (default 512x512)', parseSize)
    .option('--set <key=value>', 'A setting for this request, by its webui name; may be given several times', collectSetting)
    .option('--out <folder>', 'Where pictures are saved', 'outputs')
    .option('--json', 'Print one JSON object instead of lines')
    .option('--no-preview', 'No preview in the terminal');
  addRuntimeFlags(addFolderFlags(command));
  command.addHelpText('after', help);
  command.action(async (prompt: string | undefined, flags: Txt2imgFlags) => {
    const { size, set, out, json, preview } = flags;
    const request = { ...requestFromFlags(command.opts()), ...size, ...(set && { settings: set }) };
    context.done(
      await makePictures({ prompt, request, dotted: context.dotted, host: flags, out, json: json ?? false, preview }, context.terminal),
    );
  });
}
