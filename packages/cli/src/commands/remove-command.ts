import { join, relative } from 'node:path';
import { isHostError } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type { Command } from 'commander';
import { ConsentStore } from '../host/consent-store.js';
import { dataFolder } from '../host/data-folder.js';
import { ExtensionLock } from '../packages/extension-lock.js';
import { candidateId, extensionPlace } from '../packages/extension-place.js';
import { takeAway } from '../packages/place-package.js';
import type { Terminal } from '../terminal.js';
import type { CommandContext } from './command-context.js';

interface RemoveFlags {
  readonly config?: string;
  readonly json?: boolean;
}

/** `armature remove <id>`. */
export function removeCommand(program: Command, { terminal }: CommandContext): void {
  const remove = program
    .command('remove')
    .description('Remove an extension that was added')
    .argument('<id>', 'Its id, as armature list shows it')
    .option('--config <file>', 'Configuration file (default: armature.config.ts, .js or .mjs here)')
    .option('--json', 'Print one JSON object');
  remove.action((id: string) => removeExtension(id, remove.opts(), terminal));
}

async function removeExtension(id: string, flags: RemoveFlags, terminal: Terminal): Promise<void> {
  const { folder, candidates } = await extensionPlace(flags, terminal);
  const lock = new ExtensionLock(folder);
  const entries = await lock.read();
  if (!Object.hasOwn(entries, id)) throw new HostError('EXT_NOT_ADDED', { id, known: Object.keys(entries).join(', ') || 'none', folder });
  const path = join(folder, id);
  await takeAway(folder, id, async () => {
    await lock.write(Object.fromEntries(Object.entries(await lock.read()).filter(([other]) => other !== id)));
    await new ConsentStore(dataFolder(terminal)).forget(path);
  });
  const waiting = candidates.filter(({ manifest }) => !isHostError(manifest) && manifest.requires.includes(id)).map(candidateId);
  if (flags.json) terminal.stdout.write(`${JSON.stringify({ id, folder: path, requiredBy: waiting })}\n`);
  else terminal.stdout.write(`${id} was removed from ${relative(terminal.folder, folder)}\n`);
  if (waiting.length > 0) terminal.stderr.write(`armature: warning: ${waiting.join(', ')} requires ${id} and is blocked now\n`);
}
