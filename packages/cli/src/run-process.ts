import { constants } from 'node:os';
import { watchInterrupts } from './interrupt.js';
import { printError } from './output/print-error.js';
import type { Terminal } from './terminal.js';

/** Runs one command line and tells its exit code. */
type RunLine = (argv: readonly string[], terminal: Terminal) => Promise<number>;

/** The whole life of the process: runs the command, waits until its output is written, and exits. */
export async function runProcess(argv: readonly string[], run: RunLine): Promise<void> {
  // A reader that went away (`armature models | head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  const interrupts = watchInterrupts();
  const { stdout, stderr, env } = process;
  const terminal: Terminal = { stdout, stderr, folder: process.cwd(), env, signal: interrupts.signal };
  watchStrays(terminal, argv.includes('--json'));
  const code = await run(argv, terminal);
  await new Promise((done) => process.stdout.write('', done));
  const name = interrupts.received();
  // The runtime process is gone by now; a timer some extension forgot must not keep the command alive.
  process.exit(name === undefined || code === 0 ? code : 128 + constants.signals[name]);
}

/**
 * Errors outside every call, as of an extension's timer. A promise nobody waits for must not cost the picture; after an
 * exception the state of the process is unknown, so it ends (and the runtime process with it).
 */
function watchStrays(terminal: Terminal, json: boolean): void {
  process.on('unhandledRejection', (reason) => {
    terminal.stderr.write(`armature: warning: a promise that nobody waits for was rejected: ${String(reason)}\n`);
  });
  process.on('uncaughtException', (error) => {
    printError(error, terminal, json);
    process.exit(1);
  });
}
