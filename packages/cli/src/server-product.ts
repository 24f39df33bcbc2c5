import { cacheCommand } from './commands/cache-command.js';
import { doctorCommand } from './commands/doctor-command.js';
import { extensionsCommand } from './commands/extensions-command.js';
import { modelsCommand } from './commands/models-command.js';
import { serveCommand } from './commands/serve-command.js';
import { type AddCommand, runLine } from './run-line.js';
import { runProcess } from './run-process.js';

/** To serve, and to look at what is served. */
const commands: readonly AddCommand[] = [serveCommand, modelsCommand, cacheCommand, extensionsCommand, doctorCommand];

/** The server as a composed product (`armature build --target server`): without a command it serves, with the flags of `serve`. */
export const product = (argv: readonly string[]): Promise<void> =>
  runProcess(argv, (line, terminal) => runLine(servesAlone(line) ? ['serve', ...line] : line, terminal, commands));

const servesAlone = ([first]: readonly string[]): boolean =>
  first === undefined || (first.startsWith('-') && !['-h', '--help', '-V', '--version'].includes(first));
