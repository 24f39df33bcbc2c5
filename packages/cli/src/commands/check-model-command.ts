import type { Command } from 'commander';
import { addFolderFlags, type HostFlags } from '../host/host-flags.js';
import { modelArgument } from '../host/model-argument.js';
import { openHost } from '../host/open-host.js';
import { printModel } from '../output/print-model.js';
import { TerminalLog } from '../output/terminal-log.js';
import type { Terminal } from '../terminal.js';
import type { CommandContext } from './command-context.js';

interface CheckFlags extends HostFlags {
  readonly kind?: string;
  readonly json?: boolean;
}

/** `armature models check`: whether one file is whole, and whether it is what it is taken for; the exit code is 4 where not. */
export function checkModelCommand(models: Command, { terminal, done }: CommandContext): void {
  const check = addFolderFlags(models.command('check').description('Read a model file whole and say what is wrong with it'))
    .argument('<file>', 'Name, title, hash or path of a model file')
    .option('--kind <kind>', 'What it is to be used as: checkpoint, vae, lora, …')
    .option('--json', 'Print one JSON object');
  check.action(async (file: string) => done(await checkModel(file, check.optsWithGlobals(), terminal)));
}

async function checkModel(file: string, flags: CheckFlags, terminal: Terminal): Promise<number> {
  const { host } = await openHost(flags, terminal, new TerminalLog(terminal));
  try {
    const name = await modelArgument(file, terminal);
    const model = await host.describeModel(name, { check: true, ...(flags.kind !== undefined && { kind: flags.kind }) });
    if (flags.json) terminal.stdout.write(`${JSON.stringify(model)}\n`);
    else printModel(model, terminal);
    return model.problems.length > 0 ? 4 : 0;
  } finally {
    await host.dispose();
  }
}
