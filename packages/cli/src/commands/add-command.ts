import { readdir } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { HostError } from '@armature/sdk/host';
import type { Command } from 'commander';
import { ConsentStore } from '../host/consent-store.js';
import { dataFolder } from '../host/data-folder.js';
import { printAdd } from '../output/print-add.js';
import { type AddPlan, addPlan } from '../packages/add-plan.js';
import { readPackageManifest } from '../packages/check-package.js';
import { ExtensionLock, type LockEntries, type LockEntry } from '../packages/extension-lock.js';
import { extensionPlace } from '../packages/extension-place.js';
import { fetchPackage } from '../packages/fetch-package.js';
import { type PackageSource, packageSource } from '../packages/package-source.js';
import { placePackage } from '../packages/place-package.js';
import type { Terminal } from '../terminal.js';
import type { CommandContext } from './command-context.js';

interface AddFlags {
  readonly config?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `armature add [package]`. */
export function addCommand(program: Command, { terminal }: CommandContext): void {
  const add = program
    .command('add')
    .description('Add an extension from npm, a folder or a .tgz file; its install scripts do not run')
    .argument('[package]', 'npm name, ./folder or file.tgz; without it: everything the lockfile names and the folder lacks')
    .option('--dry-run', 'Only say what would be added and trusted')
    .option('--yes', 'Agree without being asked')
    .option('--config <file>', 'Configuration file (default: armature.config.ts, .js or .mjs here)')
    .option('--json', 'Print a JSON array');
  add.action((given?: string) => addExtensions(given, add.opts(), terminal));
}

async function addExtensions(given: string | undefined, flags: AddFlags, terminal: Terminal): Promise<void> {
  const added: AddPlan[] = [];
  if (given !== undefined) added.push(await addExtension(packageSource(given, terminal.folder), undefined, flags, terminal));
  else for (const [source, entry] of await lacking(flags, terminal)) added.push(await addExtension(source, entry, flags, terminal));
  if (flags.json) terminal.stdout.write(`${JSON.stringify(added.map(({ entry: _, ...plan }) => ({ ...plan, added: !flags.dryRun })))}\n`);
  else if (added.length === 0) terminal.stderr.write('Everything the lockfile names is here.\n');
}

/** What the lockfile names and the folder does not have. */
async function lacking(flags: AddFlags, terminal: Terminal): Promise<readonly (readonly [PackageSource, LockEntry])[]> {
  const { folder } = await extensionPlace(flags, terminal);
  const present: readonly string[] = await readdir(folder).catch(() => []);
  const entries: LockEntries = await new ExtensionLock(folder).read();
  return Object.entries(entries)
    .filter(([id]) => !present.includes(id))
    .map(([, entry]) => [sourceOf(entry, folder), entry] as const);
}

const sourceOf = ({ kind, from, package: name, version }: LockEntry, folder: string): PackageSource =>
  kind === 'registry' ? { kind, spec: `${name}@${version}` } : packageSource(resolve(folder, from), folder);

async function addExtension(source: PackageSource, locked: LockEntry | undefined, flags: AddFlags, terminal: Terminal): Promise<AddPlan> {
  const place = await extensionPlace(flags, terminal);
  const lock = new ExtensionLock(place.folder);
  const before = await lock.read();
  // A folder can be looked at before npm packs it, and its mistakes are told in words of this program.
  if (source.kind === 'folder') await readPackageManifest(source.spec);
  const frozen = locked && { integrity: locked.integrity, npmLock: locked.npm };
  const fetched = await fetchPackage(source, terminal, frozen);
  try {
    const plan = await addPlan(fetched, source, place, before);
    if (!flags.json) printAdd(plan, terminal);
    if (flags.dryRun) return plan;
    await agree(plan, flags, terminal);
    const entry = locked ?? plan.entry;
    await placePackage(fetched.folder, place.folder, plan.id, () => record(plan, entry, lock, terminal));
    terminal.stderr.write(`${plan.id} ${plan.version} was added to ${relative(terminal.folder, plan.folder)}\n`);
    return plan;
  } finally {
    await fetched.clean();
  }
}

async function agree({ id }: AddPlan, { yes, json }: AddFlags, { ask }: Terminal): Promise<void> {
  if (yes) return;
  if (json || !ask || !(await ask(`Add ${id}?`))) throw new HostError('EXT_AGREEMENT', { extension: id });
}

/** What was agreed to, and what was added; the one without the other is not kept. */
async function record(
  { id, folder, capabilities, replaces }: AddPlan,
  entry: LockEntry,
  lock: ExtensionLock,
  terminal: Terminal,
): Promise<void> {
  const consents = new ConsentStore(dataFolder(terminal));
  await consents.agree({ id, path: folder, capabilities: [...capabilities] });
  try {
    await lock.write({ ...(await lock.read()), [id]: entry });
  } catch (error) {
    if (replaces === undefined) await consents.forget(folder);
    throw error;
  }
}
