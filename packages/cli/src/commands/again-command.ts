import type { Command } from 'commander';
import { collectSetting } from '../flags/collect-setting.js';
import { addGivenPictureFlags, initFromFlags } from '../flags/init-flags.js';
import { addFolderFlags, addRuntimeFlags, type HostFlags } from '../host/host-flags.js';
import type { CommandContext } from './command-context.js';
import { makeAgain } from './make-again.js';

interface AgainFlags extends HostFlags {
  readonly init?: string;
  readonly model?: string;
  readonly set?: Readonly<Record<string, unknown>>;
  readonly out?: string;
  readonly json?: boolean;
  readonly preview: boolean;
}

const help = `
Prints "identical", or how far two pictures are apart and which parameters came out otherwise.
A picture of a batch is made alone. Pictures made from pictures need those: --init, and --mask where there was one.

Examples:
  armature again picture.png
  armature again outputs/txt2img-images/2026-01-31/*.png
  armature again inpainted.png --init photo.jpg --mask door.png --out outputs
`;

/** `armature again <image>`. */
export function againCommand(program: Command, { terminal, done }: CommandContext): void {
  const command = program
    .command('again')
    .description('Make pictures again from their parameters, and say whether they are the same')
    .argument('<images...>', 'PNG, JPEG or WebP files with parameters')
    .option('--init <file>', 'The picture they were made from');
  addGivenPictureFlags(command)
    .option('--model <name>', 'Another checkpoint than the parameters name')
    .option('--set <key=value>', 'A setting that parameters do not hold, by its webui name; may be given several times', collectSetting)
    .option('--out <folder>', 'Save the new pictures there (default: they are not saved)')
    .option('--json', 'Print one JSON object instead of lines')
    .option('--no-preview', 'No preview in the terminal');
  addRuntimeFlags(addFolderFlags(command)).addHelpText('after', help);
  command.action(async (paths: readonly string[], flags: AgainFlags) => {
    const { init: initFile, model, set: settings, out, json = false, preview } = flags;
    const given = initFromFlags(command.opts());
    done(await makeAgain({ paths, initFile, given, model, settings, host: flags, out, json, preview }, terminal));
  });
}
