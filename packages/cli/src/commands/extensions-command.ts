import type { ExtensionReport } from '@armature/core';
import { HostError } from '@armature/sdk/host';
import type { Command } from 'commander';
import { ConsentStore } from '../host/consent-store.js';
import { dataFolder } from '../host/data-folder.js';
import { addFolderFlags, type HostFlags } from '../host/host-flags.js';
import { openHost } from '../host/open-host.js';
import { table } from '../output/table.js';
import { TerminalLog } from '../output/terminal-log.js';
import type { Terminal } from '../terminal.js';
import type { CommandContext } from './command-context.js';

interface ExtensionsFlags extends HostFlags {
  readonly json?: boolean;
}

/** `armature extensions` and `armature extensions allow <id>`. */
export function extensionsCommand(program: Command, { terminal }: CommandContext): void {
  const extensions = addFolderFlags(program.command('extensions').description('List extensions, their state and their flags')).option(
    '--json',
    'Print a JSON array',
  );
  extensions.action(() => listExtensions(extensions.opts(), terminal));
  const allow = addFolderFlags(
    extensions.command('allow').description('Allow a script to run, or an extension all it asks for').argument('<id>', 'Its id'),
  );
  allow.action((id: string) => allowExtension(id, allow.optsWithGlobals(), terminal));
}

async function reports(flags: ExtensionsFlags, terminal: Terminal): Promise<readonly ExtensionReport[]> {
  const log = new TerminalLog(terminal);
  // The table says what the log would.
  log.hold();
  const { host } = await openHost(flags, terminal, log);
  try {
    return host.extensions();
  } finally {
    await host.dispose();
  }
}

async function listExtensions(flags: ExtensionsFlags, terminal: Terminal): Promise<void> {
  const all = await reports(flags, terminal);
  if (flags.json) terminal.stdout.write(`${JSON.stringify(all)}\n`);
  else if (all.length === 0) terminal.stderr.write('No extensions were found. Put them into extensions/ or scripts/.\n');
  else terminal.stdout.write(table([['ID', 'VERSION', 'STATE', 'DOES'], ...all.map(extensionRow)]));
}

function extensionRow({ id, version, state, cause, warnings, hooks, contributions, args }: ExtensionReport): readonly string[] {
  const flags = Object.keys((args.properties ?? {}) as object).map((arg) => `--${id.slice(id.indexOf('.') + 1)}.${arg}`);
  const said = (cause ? [cause] : warnings).map(({ code, message }) => `${code}: ${message}`);
  return [id, version, state, (cause ? said : [...said, ...hooks, ...contributions, ...flags]).join(', ')];
}

async function allowExtension(id: string, flags: ExtensionsFlags, terminal: Terminal): Promise<void> {
  const all = await reports(flags, terminal);
  const found = all.find((report) => report.id === id);
  if (!found) throw new HostError('EXT_NOT_FOUND', { id, known: all.map((report) => report.id).join(', ') || 'none' });
  const { origin, capabilities } = found;
  await new ConsentStore(dataFolder(terminal)).agree({ id, path: origin, capabilities: [...capabilities] });
  terminal.stdout.write(`${id} is allowed${capabilities.length > 0 ? `, with ${capabilities.join(', ')}` : ''}\n`);
}
