import { productCommands } from './product-commands.js';
import { runLine } from './run-line.js';
import { runProcess } from './run-process.js';

/** The program inside a composed product (`armature build --target cli`): its extensions were chosen when it was built. */
export const product = (argv: readonly string[]): Promise<void> =>
  runProcess(argv, (line, terminal) => runLine(line, terminal, productCommands));
