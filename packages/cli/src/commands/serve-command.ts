import { join, resolve } from 'node:path';
import type { ServerOptionsInput } from '@armature/server';
import type { Command } from 'commander';
import { flagValue } from '../flags/flag-value.js';
import { dataFolder } from '../host/data-folder.js';
import { addFolderFlags, addRuntimeFlags, type HostFlags } from '../host/host-flags.js';
import { openHost } from '../host/open-host.js';
import { TerminalLog } from '../output/terminal-log.js';
import type { Terminal } from '../terminal.js';
import { untilAborted } from '../until-aborted.js';
import type { CommandContext } from './command-context.js';

interface ServeFlags extends HostFlags {
  readonly host?: string;
  readonly port?: number;
  readonly out: string;
  readonly user?: readonly string[];
  readonly apiKey?: readonly string[];
  readonly cors?: readonly string[];
  readonly keepJobs?: boolean;
  readonly imageUrls?: boolean;
  readonly allowStop?: boolean;
  readonly logRequests?: boolean;
}

const help = `
The routes are those of the webui (/sdapi/v1/...) and this program's own (/armature/v1/...). Without --user and --api-key everybody
who reaches the address may use them: keep it to this machine (the default), or name users.

Examples:
  armature serve
  armature serve --models ~/webui --port 7861 --user me:secret
`;
const all = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

/** `armature serve`: answers HTTP requests until Ctrl-C. */
export function serveCommand(program: Command, { terminal, done }: CommandContext): void {
  const command = program
    .command('serve')
    .description('Serve the API over HTTP')
    .option('--host <address>', 'Address to listen on (default 127.0.0.1)')
    .option('--port <n>', 'Port; 0: a free one (default 7860)', (text) =>
      flagValue('--port', text, { type: 'integer', minimum: 0, maximum: 65_535 }),
    )
    .option('--out <folder>', 'Where pictures go that clients ask to be saved', 'outputs')
    .option('--user <name:password>', 'Asks for a login; may be given several times', all)
    .option('--api-key <key>', 'Accepts this bearer token; may be given several times', all)
    .option('--cors <origin>', 'Pages of this origin may ask; may be given several times', all)
    .option('--keep-jobs', 'A job goes on when its client leaves')
    .option('--image-urls', 'Pictures may be given as addresses on the web')
    .option('--allow-stop', 'Clients may end the server (/sdapi/v1/server-stop)')
    .option('--log-requests', 'Write a JSON line for each request to stdout');
  addRuntimeFlags(addFolderFlags(command)).addHelpText('after', help);
  command.action(async () => {
    await serve(command.opts(), terminal);
    done(0);
  });
}

async function serve(flags: ServeFlags, terminal: Terminal): Promise<void> {
  const log = new TerminalLog(terminal);
  // Folders are watched, as the host does by itself.
  const { host } = await openHost(flags, terminal, log, (config) => config);
  try {
    const options = serverOptions(flags, terminal);
    // Only this command needs an HTTP server; the others start faster without one.
    const { createServer } = await import('@armature/server');
    const stopping = new AbortController();
    const server = await createServer({
      host,
      options,
      log,
      stop: () => stopping.abort(),
      ...(flags.logRequests && { requests: terminal.stdout }),
    });
    try {
      const address = await server.listen();
      terminal.stderr.write(`armature: listening on ${address} (Ctrl-C ends it)\n`);
      await untilAborted(AbortSignal.any([terminal.signal, stopping.signal]));
    } finally {
      await server.close();
    }
  } finally {
    await host.dispose();
  }
}

function serverOptions(
  { host, port, out, user, apiKey, cors, keepJobs, imageUrls, allowStop }: ServeFlags,
  terminal: Terminal,
): ServerOptionsInput {
  return {
    out: resolve(terminal.folder, out),
    optionsFile: join(dataFolder(terminal), 'options.json'),
    ...(host !== undefined && { address: host }),
    ...(port !== undefined && { port }),
    ...(user && { users: [...user] }),
    ...(apiKey && { apiKeys: [...apiKey] }),
    ...(cors && { corsOrigins: [...cors] }),
    ...(keepJobs && { keepJobs }),
    ...(imageUrls && { imageUrls }),
    ...(allowStop && { allowStop }),
  };
}
