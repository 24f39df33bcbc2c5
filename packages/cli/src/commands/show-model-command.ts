import type { Command } from 'commander';
import { addFolderFlags, type HostFlags } from '../host/host-flags.js';
import { modelArgument } from '../host/model-argument.js';
import { openHost } from '../host/open-host.js';
import { printModel } from '../output/print-model.js';
import { TerminalLog } from '../output/terminal-log.js';
import type { Terminal } from '../terminal.js';
import type { CommandContext } from './command-context.js';

interface ShowFlags extends HostFlags {
  readonly kind?: string;
  readonly json?: boolean;
  readonly quick?: boolean;
}

/** `armature models show`: one file, whatever its kind. */
export function showModelCommand(models: Command, { terminal }: CommandContext): void {
  const show = addFolderFlags(models.command('show').description('Say what a model file holds and what is wrong with it'))
    .argument('<file>', 'Name, title, hash or path of a model file')
    .option('--kind <kind>', 'Its kind, where several have a file of the name')
    .option('--quick', 'Neither hashes nor a look at every value')
    .option('--json', 'Print one JSON object');
  show.action((file: string) => showModel(file, show.optsWithGlobals(), terminal));
}

async function showModel(file: string, flags: ShowFlags, terminal: Terminal): Promise<void> {
  const { host } = await openHost(flags, terminal, new TerminalLog(terminal));
  try {
    const name = await modelArgument(file, terminal);
    const whole = !flags.quick;
    const options = { hashes: whole, values: whole, ...(flags.kind !== undefined && { kind: flags.kind }) };
    const model = await host.describeModel(name, options);
    if (flags.json) terminal.stdout.write(`${JSON.stringify(model)}\n`);
    else printModel(model, terminal);
  } finally {
    await host.dispose();
  }
}
