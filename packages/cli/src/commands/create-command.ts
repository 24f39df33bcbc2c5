import { userInfo } from 'node:os';
import { relative } from 'node:path';
import { hostVersion } from '@armature/core';
import { HostError } from '@armature/sdk/host';
import type { Command } from 'commander';
import { extensionName, ownerOf } from '../create/extension-name.js';
import { namedCheckout, ownCheckout } from '../create/find-checkout.js';
import { scaffoldKinds } from '../create/scaffold-kinds.js';
import { writeScaffold } from '../create/write-scaffold.js';
import type { Terminal } from '../terminal.js';
import type { CommandContext } from './command-context.js';

interface CreateFlags {
  readonly kind: string;
  readonly owner?: string;
  readonly link?: string | false;
  readonly json?: boolean;
}

const kinds = scaffoldKinds.map(({ name }) => name);

/** `armature create <name>`. */
export function createCommand(program: Command, { terminal }: CommandContext): void {
  const create = program
    .command('create')
    .description('Write the package of a new extension')
    .argument('<name>', 'Its name, warm-light or you.warm-light; a path may stand before it')
    .option('--kind <kind>', kinds.join(', '), 'hook')
    .option('--owner <owner>', 'First part of its id (default: your login name)')
    .option('--link <checkout>', 'Link the packages of this checkout (default: the one the program runs from)')
    .option('--no-link', 'Name versions of the registry instead')
    .option('--json', 'Print one JSON object')
    .addHelpText('after', `\nKinds:\n${scaffoldKinds.map(({ name, summary }) => `  ${name.padEnd(10)}${summary}`).join('\n')}\n`);
  create.action((name: string) => createExtension(name, create.opts(), terminal));
}

async function createExtension(given: string, flags: CreateFlags, terminal: Terminal): Promise<void> {
  const kind = scaffoldKinds.find(({ name }) => name === flags.kind);
  if (!kind) throw new HostError('REQUEST_INVALID', { field: '--kind', problem: `known are ${kinds.join(', ')}`, seen: flags.kind });
  const names = extensionName(given, terminal.folder, flags.owner ?? ownerOf(userInfo().username));
  const files = await writeScaffold({ names, kind, version: hostVersion, checkout: checkoutOf(flags, terminal) });
  if (flags.json) {
    terminal.stdout.write(`${JSON.stringify({ id: names.id, kind: kind.name, folder: names.folder, files })}\n`);
    return;
  }
  for (const file of files) terminal.stdout.write(`${relative(terminal.folder, names.folder)}/${file}\n`);
  terminal.stderr.write(
    `${names.id} is of kind ${kind.name}. Next: cd ${relative(terminal.folder, names.folder)} && npm install && npm test\n`,
  );
}

function checkoutOf({ link }: CreateFlags, terminal: Terminal): string | undefined {
  if (link === false) return undefined;
  return typeof link === 'string' ? namedCheckout(link, terminal.folder) : ownCheckout();
}
