import { resolve } from 'node:path';
import { DevBundler } from '@armature/compose';
import type { Bundler, Host, RequestInput } from '@armature/core';
import { HostError } from '@armature/sdk/host';
import type { Command } from 'commander';
import { devConfig } from '../dev/dev-config.js';
import { DevLog } from '../dev/dev-log.js';
import { DevSession } from '../dev/dev-session.js';
import { collectSetting } from '../flags/collect-setting.js';
import type { DottedFlag } from '../flags/dotted-flags.js';
import { matchExtensionArgs } from '../flags/extension-args.js';
import { parseSize } from '../flags/parse-size.js';
import { pictureRequest } from '../flags/picture-flags.js';
import { addRequestFlags } from '../flags/request-flags.js';
import { addFolderFlags, addRuntimeFlags, type HostFlags } from '../host/host-flags.js';
import { openHost } from '../host/open-host.js';
import { startingValues } from '../host/starting-values.js';
import { TerminalLog } from '../output/terminal-log.js';
import type { Terminal } from '../terminal.js';
import { untilAborted } from '../until-aborted.js';
import type { CommandContext } from './command-context.js';

interface DevFlags extends HostFlags {
  readonly try?: string;
  readonly out: string;
}

interface DevOrder {
  readonly path: string;
  readonly flags: DevFlags;
  readonly request: Partial<RequestInput>;
  readonly dotted: readonly DottedFlag[];
}

const help = `
The folder holds a package.json with an "armature" block; a single script may be named in its place. Every save becomes a new
generation of extensions, while models and networks stay loaded. What fails to build or to set up leaves the last one in force.

Examples:
  armature dev extensions/late-sharpen
  armature dev scripts/late-sharpen.ts --try "a red circle on a blue background" --steps 8
`;

/** `armature dev [folder]`: an extension is loaded anew with each change of its sources, until Ctrl-C. */
export function devCommand(program: Command, context: CommandContext & { readonly dotted: readonly DottedFlag[] }): void {
  const command = program
    .command('dev')
    .description('Load an extension anew with every change')
    .argument('[folder]', 'Its folder, or a script', '.');
  command.option('--try <prompt>', 'Make a picture after each change, <out>/dev.png; the seed is 1 unless told');
  addRequestFlags(command)
    .option('--size <WxH>', 'Width and height of that picture', parseSize)
    .option('--set <key=value>', 'A setting for it, by its webui name; may be given several times', collectSetting)
    .option('--out <folder>', 'Where dev.png goes', 'outputs');
  addRuntimeFlags(addFolderFlags(command)).addHelpText('after', help);
  command.action(async (folder: string) => {
    const path = resolve(context.terminal.folder, folder);
    await develop({ path, flags: command.opts(), request: pictureRequest(command), dotted: context.dotted }, context.terminal);
    context.done(0);
  });
}

/** Returns when the user has asked for the end. */
async function develop(order: DevOrder, terminal: Terminal): Promise<void> {
  const { path, flags } = order;
  const log = new DevLog(new TerminalLog(terminal));
  let bundler: DevBundler | undefined;
  try {
    const { host, settings } = await openHost(flags, terminal, log, async (config) => {
      bundler = await DevBundler.open({ path, others: config.bundler as Bundler, log });
      return { ...(await devConfig(config, path)), bundler };
    });
    const out = resolve(terminal.folder, flags.out);
    const trial = flags.try === undefined ? undefined : () => trialRequest(order, host, settings.sd_model_checkpoint);
    const session = new DevSession({ path, host, bundler: bundler as DevBundler, log, terminal, out, trial });
    try {
      session.start();
      await untilAborted(terminal.signal);
    } finally {
      await session.close();
      await host.dispose();
    }
  } finally {
    await bundler?.dispose();
  }
}

async function trialRequest({ flags, request, dotted }: DevOrder, host: Host, model: unknown): Promise<RequestInput> {
  const { extensions, words } = matchExtensionArgs(dotted, host.extensions());
  if (words.length > 0) throw new HostError('CLI_USAGE', { problem: `too many arguments: "${words.join('", "')}".` });
  const wanted = request.model ?? request.settings?.sd_model_checkpoint ?? model;
  const start = startingValues(await host.models('checkpoint'), typeof wanted === 'string' ? wanted : '');
  return { seed: 1, ...start, ...request, prompt: flags.try ?? '', extensions };
}
