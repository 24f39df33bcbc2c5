import { basename, join, relative, resolve } from 'node:path';
import { HostError } from '@armature/sdk/host';
import { tinyModelFolder } from '@armature/tiny-model';
import type { Command } from 'commander';
import { downloadFile } from '../download/download-file.js';
import { flagValue } from '../flags/flag-value.js';
import { addFolderFlags, type HostFlags } from '../host/host-flags.js';
import { openHost } from '../host/open-host.js';
import { downloadProgress } from '../output/download-progress.js';
import { TerminalLog } from '../output/terminal-log.js';
import type { Terminal } from '../terminal.js';
import type { CommandContext } from './command-context.js';

interface GetFlags extends HostFlags {
  readonly sha256: string;
  readonly kind?: string;
  readonly name?: string;
  readonly maxSize: number;
}

/** Adds `get` to `armature models`: the one thing that is downloaded, because a user asked for it by address and hash. */
export function getModelCommand(program: Command, { terminal }: CommandContext): void {
  const models = program.commands.find((command) => command.name() === 'models') ?? program.command('models');
  const get = addFolderFlags(models.command('get').description('Download a model file into the folder of its kind'))
    .argument('<url>', 'http or https address of the file')
    .requiredOption('--sha256 <hex>', 'SHA-256 the file must have')
    .option('--kind <kind>', 'Its kind (default checkpoint)')
    .option('--name <file>', "Name of the file (default: the address's last part)")
    .option('--max-size <GiB>', 'Largest file that is taken', (text) => flagValue('--max-size', text, { type: 'integer', minimum: 1 }), 32);
  get.action((url: string) => getModel(url, get.optsWithGlobals(), terminal));
}

async function getModel(url: string, flags: GetFlags, terminal: Terminal): Promise<void> {
  const invalid = (field: string, problem: string, seen: string) => new HostError('REQUEST_INVALID', { field, problem, seen });
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw invalid('url', 'is not an http or https address', url);
  if (!/^[0-9a-f]{64}$/i.test(flags.sha256)) throw invalid('--sha256', 'a SHA-256 has 64 hexadecimal digits', flags.sha256);
  const name = flags.name ?? nameIn(url);
  if (!/^[^/\\:*?"<>|\p{Cc}.][^/\\:*?"<>|\p{Cc}]{0,200}$/u.test(name)) throw invalid('--name', 'is not the name of a file', name);
  const target = join(await folderOf(flags, terminal), name);
  const progress = downloadProgress(terminal.stderr);
  try {
    await downloadFile({
      url,
      target,
      sha256: flags.sha256,
      maxBytes: flags.maxSize * 2 ** 30,
      signal: terminal.signal,
      onProgress: progress.update,
    });
  } finally {
    progress.stop();
  }
  terminal.stdout.write(`${target}\n`);
}

function nameIn(url: string): string {
  const last = basename(new URL(url).pathname);
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** The first folder of the kind that is the user's; the one in `models/` here where there is none yet. */
async function folderOf({ kind = 'checkpoint', ...flags }: GetFlags, terminal: Terminal): Promise<string> {
  const { host } = await openHost(flags, terminal, new TerminalLog(terminal));
  try {
    const reports = await host.modelFolders();
    const found = reports.find((report) => report.kind === kind);
    if (!found) {
      const problem = `there is no such kind; known are ${reports.map((report) => report.kind).join(', ')}`;
      throw new HostError('REQUEST_INVALID', { field: '--kind', problem, seen: kind });
    }
    const own = found.folders.find((folder) => relative(tinyModelFolder, folder).startsWith('..'));
    return own ?? resolve(terminal.folder, 'models', basename(found.folders[0] ?? kind));
  } finally {
    await host.dispose();
  }
}
