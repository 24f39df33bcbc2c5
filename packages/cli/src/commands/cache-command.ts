import type { CachedWeightsReport } from '@armature/core';
import type { Command } from 'commander';
import { dataFolder } from '../host/data-folder.js';
import { addFolderFlags, type HostFlags } from '../host/host-flags.js';
import { openHost } from '../host/open-host.js';
import { UserConfig } from '../host/user-config.js';
import { table } from '../output/table.js';
import { TerminalLog } from '../output/terminal-log.js';
import type { Terminal } from '../terminal.js';
import type { CommandContext } from './command-context.js';

interface CacheFlags extends HostFlags {
  readonly json?: boolean;
}

/** `armature cache ls`, `clear`, `off` and `on`. */
export function cacheCommand(program: Command, { terminal }: CommandContext): void {
  const cache = program.command('cache').description('Float32 copies of weights files, from which large models open quickly');
  const list = addFolderFlags(cache.command('ls').description('List them, least recently used first')).option(
    '--json',
    'Print a JSON array',
  );
  list.action(() => listCopies(list.opts(), terminal));
  const clear = addFolderFlags(cache.command('clear').description('Remove them')).option('--json', 'Print one JSON object');
  clear.action(() => clearCopies(clear.opts(), terminal));
  const off = addFolderFlags(cache.command('off').description('Remove them, and make no more'));
  off.action(async () => {
    await new UserConfig(dataFolder(terminal)).change({ weightsCache: 'off' });
    await clearCopies(off.opts(), terminal);
  });
  cache
    .command('on')
    .description('Make them again from the next start on')
    .action(() => new UserConfig(dataFolder(terminal)).change({ weightsCache: 'on' }));
}

async function listCopies(flags: CacheFlags, terminal: Terminal): Promise<void> {
  const { host } = await openHost(flags, terminal, new TerminalLog(terminal));
  try {
    const copies = await host.cachedWeights();
    if (flags.json) terminal.stdout.write(`${JSON.stringify(copies)}\n`);
    else if (copies.length > 0) terminal.stdout.write(table([['SIZE', 'USED', 'OF'], ...copies.map(copyRow)]));
    else terminal.stderr.write('The weights cache is empty.\n');
  } finally {
    await host.dispose();
  }
}

const copyRow = ({ bytes, used, source, path }: CachedWeightsReport): readonly string[] => [
  megabytes(bytes),
  used.toISOString().slice(0, 16).replace('T', ' '),
  source || `${path} (broken)`,
];

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

async function clearCopies(flags: CacheFlags, terminal: Terminal): Promise<void> {
  const { host } = await openHost(flags, terminal, new TerminalLog(terminal));
  try {
    const { files, bytes } = await host.clearCachedWeights();
    if (flags.json) terminal.stdout.write(`${JSON.stringify({ files, bytes })}\n`);
    else terminal.stderr.write(`${files === 1 ? '1 copy' : `${files} copies`} removed (${megabytes(bytes)})\n`);
  } finally {
    await host.dispose();
  }
}
