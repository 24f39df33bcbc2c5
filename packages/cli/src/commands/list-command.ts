import { join, resolve } from 'node:path';
import { isHostError } from '@armature/sdk';
import type { Command } from 'commander';
import { printable } from '../output/printable.js';
import { table } from '../output/table.js';
import { ExtensionLock, type LockEntry } from '../packages/extension-lock.js';
import { candidateId, type ExtensionPlace, extensionPlace } from '../packages/extension-place.js';
import { latestVersion } from '../packages/latest-version.js';
import type { Terminal } from '../terminal.js';
import type { CommandContext } from './command-context.js';

interface ListFlags {
  readonly config?: string;
  readonly outdated?: boolean;
  readonly json?: boolean;
}

interface ListedPackage {
  readonly id: string;
  readonly version: string;
  readonly package: string;
  readonly from: string;
  readonly capabilities: readonly string[];
  /** `ok`; `missing`: its folder is gone; `changed`: another version lies there; otherwise the code of what is wrong. */
  readonly state: string;
  /** With `--outdated`: the newest version there is; null: its source cannot say. */
  readonly latest?: string | null;
}

/** `armature list`. */
export function listCommand(program: Command, { terminal }: CommandContext): void {
  const list = program
    .command('list')
    .description('List the extensions that were added')
    .option('--outdated', 'Only those with another version at their source')
    .option('--config <file>', 'Configuration file (default: armature.config.ts, .js or .mjs here)')
    .option('--json', 'Print a JSON array');
  list.action(() => listAdded(list.opts(), terminal));
}

async function listAdded(flags: ListFlags, terminal: Terminal): Promise<void> {
  const place = await extensionPlace(flags, terminal);
  const entries = Object.entries(await new ExtensionLock(place.folder).read());
  const all = entries.map(([id, entry]) => listed(id, entry, place));
  const shown = flags.outdated ? await outdated(entries, all, place, terminal) : all;
  if (flags.json) terminal.stdout.write(`${JSON.stringify(shown)}\n`);
  else if (shown.length > 0) terminal.stdout.write(flags.outdated ? outdatedTable(shown) : addedTable(shown));
  else if (entries.length > 0) terminal.stderr.write('Nothing is outdated.\n');
  else terminal.stderr.write('No extensions were added. armature extensions lists those the host found elsewhere.\n');
}

function listed(
  id: string,
  { version, package: name, from, capabilities }: LockEntry,
  { folder, candidates }: ExtensionPlace,
): ListedPackage {
  const found = candidates.find(({ origin }) => origin === join(folder, id));
  return { id, version, package: name, from, capabilities, state: stateOf(found, id, version) };
}

function stateOf(found: ExtensionPlace['candidates'][number] | undefined, id: string, version: string): string {
  if (!found) return 'missing';
  if (isHostError(found.manifest)) return found.manifest.code;
  return candidateId(found) === id && found.manifest.version === version ? 'ok' : 'changed';
}

async function outdated(
  entries: readonly (readonly [string, LockEntry])[],
  all: readonly ListedPackage[],
  { folder }: ExtensionPlace,
  terminal: Terminal,
): Promise<readonly ListedPackage[]> {
  const asked: ListedPackage[] = [];
  for (const [index, [, entry]] of entries.entries()) {
    const latest =
      (await latestVersion({ ...entry, from: entry.kind === 'registry' ? entry.from : resolve(folder, entry.from) }, terminal)) ?? null;
    const package_ = all[index];
    if (package_ && latest !== package_.version) asked.push({ ...package_, latest });
  }
  return asked;
}

const addedTable = (rows: readonly ListedPackage[]): string =>
  table([
    ['ID', 'VERSION', 'STATE', 'ASKS FOR', 'FROM'],
    ...rows.map((row) => [row.id, row.version, row.state, row.capabilities.join(', ') || '-', row.from].map(printable)),
  ]);

const outdatedTable = (rows: readonly ListedPackage[]): string =>
  table([
    ['ID', 'VERSION', 'LATEST', 'FROM'],
    ...rows.map((row) => [row.id, row.version, row.latest ?? 'unknown', row.from].map(printable)),
  ]);
