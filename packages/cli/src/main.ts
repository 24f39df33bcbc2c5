import { run } from './run.js';
import { runProcess } from './run-process.js';

/** The program as it is installed, with every command. */
export const main = (argv: readonly string[]): Promise<void> => runProcess(argv, run);
