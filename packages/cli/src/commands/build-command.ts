import { join, relative } from 'node:path';
import { type BuildTarget, type BuiltProduct, buildProduct, buildTargets } from '@armature/compose';
import type { Command } from 'commander';
import { dataFolder } from '../host/data-folder.js';
import { table } from '../output/table.js';
import { productPrograms } from '../product-programs.js';
import type { Terminal } from '../terminal.js';
import type { CommandContext } from './command-context.js';

interface BuildFlags {
  readonly config?: string;
  readonly target: BuildTarget;
  readonly out: string;
  readonly check?: boolean;
  readonly json?: boolean;
}

/** `armature build` */
export function buildCommand(program: Command, { terminal }: CommandContext): void {
  const build = program
    .command('build')
    .description('Compose a product: the engine and exactly the extensions of the configuration in one bundle')
    .option('--config <file>', 'Configuration file (default: armature.config.ts, .js or .mjs here)')
    .option('--target <target>', `What is built: ${buildTargets.join(', ')}`, 'module')
    .option('--out <folder>', 'Folder of the product', 'dist')
    .option('--check', 'Start the product once when it is built')
    .option('--json', 'Print its manifest');
  build.action(() => compose(build.opts(), terminal));
}

async function compose({ json, ...flags }: BuildFlags, terminal: Terminal): Promise<void> {
  const cacheFolder = join(dataFolder(terminal), 'bundles');
  const built = await buildProduct({ ...flags, folder: terminal.folder, programs: productPrograms, cacheFolder });
  if (json) terminal.stdout.write(`${JSON.stringify(built.manifest)}\n`);
  else terminal.stdout.write(summary(built, terminal.folder, flags.check ?? false));
}

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;

function summary({ folder, manifest }: BuiltProduct, from: string, checked: boolean): string {
  const { entry, extensions, external, files } = manifest;
  const rows = extensions.map(({ id, version, bytes, sharedBytes, capabilities, nodeImports, hooks, contributions }) => [
    id,
    version,
    kilobytes(bytes) + (sharedBytes > 0 ? ` + ${kilobytes(sharedBytes)} shared` : ''),
    capabilities.join(', ') || '-',
    nodeImports.join(', ') || '-',
    [...hooks, ...contributions].join(', '),
  ]);
  const chosen = rows.length === 0 ? 'No extensions.\n' : table([['ID', 'VERSION', 'BYTES', 'CAPABILITIES', 'NODE', 'DOES'], ...rows]);
  const all = Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0);
  const installed = Object.entries(external).map(([name, version]) => `${name}@${version}`);
  return (
    `${chosen}${relative(from, folder) || '.'}: ${entry} ${kilobytes(files[entry]?.bytes ?? 0)}, ${Object.keys(files).length} files, ` +
    `${kilobytes(all)}; to be installed beside it: ${installed.join(', ') || 'nothing'}\n${checked ? 'It was started once and works.\n' : ''}`
  );
}
