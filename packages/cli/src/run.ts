import { addCommand } from './commands/add-command.js';
import { buildCommand } from './commands/build-command.js';
import { createCommand } from './commands/create-command.js';
import { devCommand } from './commands/dev-command.js';
import { getModelCommand } from './commands/get-model-command.js';
import { listCommand } from './commands/list-command.js';
import { removeCommand } from './commands/remove-command.js';
import { serveCommand } from './commands/serve-command.js';
import { productCommands } from './product-commands.js';
import { type AddCommand, runLine } from './run-line.js';
import type { Terminal } from './terminal.js';

/** A composed program has `productCommands` alone; what needs a compiler, installs something or listens stands here. */
const commands: readonly AddCommand[] = [
  ...productCommands,
  getModelCommand,
  serveCommand,
  buildCommand,
  createCommand,
  addCommand,
  removeCommand,
  listCommand,
  devCommand,
];

/**
 * Runs one command line.
 * @returns the exit code; see `armature --help`. Never throws.
 */
export const run = (argv: readonly string[], terminal: Terminal): Promise<number> => runLine(argv, terminal, commands);
