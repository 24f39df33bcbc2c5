import type { ModelReport } from '@armature/core';
import type { Command } from 'commander';
import { addFolderFlags, type HostFlags } from '../host/host-flags.js';
import { openHost } from '../host/open-host.js';
import { table } from '../output/table.js';
import { TerminalLog } from '../output/terminal-log.js';
import type { Terminal } from '../terminal.js';
import type { CommandContext } from './command-context.js';

interface ModelsFlags extends HostFlags {
  readonly kind?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

/** `armature models` and `armature models tidy`. */
export function modelsCommand(program: Command, { terminal }: CommandContext): void {
  const models = addFolderFlags(program.command('models').description('List model files'))
    .option('--kind <kind>', 'checkpoint, vae, lora, controlnet, esrgan, hypernetwork, embedding, … (default checkpoint)')
    .option('--json', 'Print a JSON array');
  models.action(() => listModels(models.opts(), terminal));
  const tidy = addFolderFlags(models.command('tidy').description('Move misplaced model files to their folders'))
    .option('--dry-run', 'Only say what would be moved')
    .option('--json', 'Print one JSON object');
  tidy.action(() => tidyModels(tidy.optsWithGlobals(), terminal));
}

async function listModels(flags: ModelsFlags, terminal: Terminal): Promise<void> {
  const { host } = await openHost(flags, terminal, new TerminalLog(terminal));
  try {
    const models = await host.models(flags.kind);
    if (flags.json) terminal.stdout.write(`${JSON.stringify(models)}\n`);
    else if (models.length > 0) terminal.stdout.write(table([['KIND', 'TITLE', 'SIZE', 'FILE'], ...models.map(modelRow)]));
    else terminal.stderr.write(`No files of kind ${flags.kind ?? 'checkpoint'} were found. Put them into models/ or pass --models.\n`);
  } finally {
    await host.dispose();
  }
}

const modelRow = (model: ModelReport): readonly string[] => [model.kind, model.title, `${(model.bytes / 1e6).toFixed(1)} MB`, model.path];

async function tidyModels(flags: ModelsFlags, terminal: Terminal): Promise<void> {
  const log = new TerminalLog(terminal);
  const { host } = await openHost(flags, terminal, log);
  try {
    const report = await host.tidy({ dryRun: flags.dryRun ?? false });
    if (flags.json) {
      terminal.stdout.write(`${JSON.stringify(report)}\n`);
      return;
    }
    for (const { from, to } of report.moves) terminal.stdout.write(`${from} -> ${to}\n`);
    for (const { path, reason } of report.skipped) log.warn(`${path} stays where it is: ${reason}`);
    const files = report.moves.length === 1 ? '1 file' : `${report.moves.length} files`;
    terminal.stderr.write(flags.dryRun ? `${files} would be moved\n` : `${files} moved\n`);
  } finally {
    await host.dispose();
  }
}
