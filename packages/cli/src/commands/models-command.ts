import type { Host, ModelFileReport, ModelReport } from '@armature/core';
import type { Command } from 'commander';
import { addFolderFlags, type HostFlags } from '../host/host-flags.js';
import { openHost } from '../host/open-host.js';
import { printable } from '../output/printable.js';
import { table } from '../output/table.js';
import { TerminalLog } from '../output/terminal-log.js';
import type { Terminal } from '../terminal.js';
import { checkModelCommand } from './check-model-command.js';
import type { CommandContext } from './command-context.js';
import { mergeCommand } from './merge-command.js';
import { showModelCommand } from './show-model-command.js';

interface ModelsFlags extends HostFlags {
  readonly kind?: string;
  readonly json?: boolean;
  readonly check?: boolean;
  readonly dryRun?: boolean;
}

/** `armature models`, `models show`, `models check`, `models merge` and `models tidy`. */
export function modelsCommand(program: Command, context: CommandContext): void {
  const { terminal } = context;
  const models = addFolderFlags(program.command('models').description('List model files, or look at one of them'))
    .option('--kind <kind>', 'checkpoint, vae, lora, controlnet, esrgan, hypernetwork, embedding, … (default checkpoint)')
    .option('--check', 'Read large files whole too, for values that are no numbers')
    .option('--json', 'Print a JSON array');
  models.action(() => listModels(models.opts(), terminal));
  showModelCommand(models, context);
  checkModelCommand(models, context);
  mergeCommand(models, context);
  const tidy = addFolderFlags(models.command('tidy').description('Move misplaced model files to their folders'))
    .option('--dry-run', 'Only say what would be moved')
    .option('--json', 'Print one JSON object');
  tidy.action(() => tidyModels(tidy.optsWithGlobals(), terminal));
}

type DescribedModel = ModelReport & Pick<ModelFileReport, 'format' | 'base' | 'problems'>;

async function listModels(flags: ModelsFlags, terminal: Terminal): Promise<void> {
  const log = new TerminalLog(terminal);
  const { host } = await openHost(flags, terminal, log);
  try {
    const models: DescribedModel[] = [];
    for (const model of await host.models(flags.kind)) models.push(await described(host, model, flags.check));
    if (flags.json) terminal.stdout.write(`${JSON.stringify(models)}\n`);
    else if (models.length > 0) printList(models, terminal);
    else terminal.stderr.write(`No files of kind ${flags.kind ?? 'checkpoint'} were found. Put them into models/ or pass --models.\n`);
  } finally {
    await host.dispose();
  }
}

/** A file that has gone since it was listed is not looked at. */
async function described(host: Host, model: ModelReport, check: boolean | undefined): Promise<DescribedModel> {
  const { format, base, problems } = await host
    .describeModel(model.path, { kind: model.kind, ...(check && { values: true }) })
    .catch((error: { code: string; message: string }) => ({ format: undefined, base: undefined, problems: [error] }));
  return { ...model, format, base, problems: problems.map(({ code, message }) => ({ code, message })) };
}

function printList(models: readonly DescribedModel[], { stdout }: Terminal): void {
  stdout.write(printable(table([['KIND', 'TITLE', 'SIZE', 'FORMAT', 'MADE FOR', 'FILE'], ...models.map(modelRow)])));
  const problems = models.flatMap((model) => model.problems.map(({ code, message }) => [model.title, `${code}: ${message}`]));
  if (problems.length > 0) stdout.write(printable(`\n${table([['TITLE', 'PROBLEM'], ...problems])}`));
}

const modelRow = (model: DescribedModel): readonly string[] => [
  model.kind,
  model.title,
  `${(model.bytes / 1e6).toFixed(1)} MB`,
  model.format ?? '',
  model.base ?? '',
  model.path,
];

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
