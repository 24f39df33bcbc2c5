import type { MergeInput } from '@armature/core';
import type { Command } from 'commander';
import { flagValue } from '../flags/flag-value.js';
import { addFolderFlags, type HostFlags } from '../host/host-flags.js';
import { openHost } from '../host/open-host.js';
import { TerminalLog } from '../output/terminal-log.js';
import type { Terminal } from '../terminal.js';
import type { CommandContext } from './command-context.js';

interface MergeFlags extends HostFlags {
  readonly method?: MergeInput['method'];
  readonly multiplier?: number;
  readonly half?: boolean;
  readonly name?: string;
  readonly bakeVae?: string;
  readonly discard?: string;
  readonly configFrom?: MergeInput['config'];
  readonly copyMetadata: boolean;
  readonly recipe: boolean;
  readonly json?: boolean;
}

const share = (text: string) => flagValue('--multiplier', text, { type: 'number', minimum: 0, maximum: 1 }) as number;

/** `armature models merge A [B] [C]`. */
export function mergeCommand(models: Command, { terminal }: CommandContext): void {
  const merge = addFolderFlags(models.command('merge').description('Merge checkpoints into a new one'))
    .argument('<A>', 'Primary model')
    .argument('[B]', 'Secondary model')
    .argument('[C]', 'Tertiary model, whose difference from B is added')
    .option('--method <method>', 'weighted-sum: (1 - M) A + M B; add-difference: A + M (B - C); no-interpolation: A')
    .option('--multiplier <M>', 'Share of the others, 0 to 1 (default 0.3)', share)
    .option('--half', 'Write merged float32 tensors as float16')
    .option('--name <name>', 'File name without extension')
    .option('--bake-vae <name>', "A VAE that takes the place of A's")
    .option('--discard <pattern>', 'Leave out tensors whose key matches this regular expression')
    .option('--config-from <model>', 'Whose .yaml is copied: automatic, primary, secondary, tertiary, none')
    .option('--no-copy-metadata', "Leave the models' metadata out")
    .option('--no-recipe', 'Do not write down what was merged')
    .option('--json', 'Print one JSON object');
  merge.action((primary: string, secondary: string | undefined, tertiary: string | undefined) =>
    mergeThem({ primary, secondary, tertiary }, merge.optsWithGlobals(), terminal),
  );
}

async function mergeThem(
  models: Pick<MergeInput, 'primary' | 'secondary' | 'tertiary'>,
  flags: MergeFlags,
  terminal: Terminal,
): Promise<void> {
  const { host } = await openHost(flags, terminal, new TerminalLog(terminal));
  const { multiplier, half, name, bakeVae, discard, copyMetadata, recipe } = flags;
  const method = flags.method ?? (models.tertiary ? 'add-difference' : models.secondary ? 'weighted-sum' : 'no-interpolation');
  const given = { ...models, method, multiplier, half, name, bakeVae, discard, config: flags.configFrom, copyMetadata, recipe };
  try {
    const report = await host.mergeModels(given, { signal: terminal.signal });
    if (flags.json) terminal.stdout.write(`${JSON.stringify(report)}\n`);
    else terminal.stdout.write(`${report.path}\n`);
  } finally {
    await host.dispose();
  }
}
