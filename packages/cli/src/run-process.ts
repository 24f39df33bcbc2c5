import { constants } from 'node:os';
import { createInterface } from 'node:readline/promises';
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
  const { signal } = interrupts;
  const terminal: Terminal = { stdout, stderr, folder: process.cwd(), env, signal, ...(canAsk() && { ask: askAt(stderr, signal) }) };
  watchStrays(terminal, argv.includes('--json'));
  const code = await run(argv, terminal);
  await new Promise((done) => process.stdout.write('', done));
  const name = interrupts.received();
  // The runtime process is gone by now; a timer some extension forgot must not keep the command alive.
  process.exit(name === undefined || code === 0 ? code : 128 + constants.signals[name]);
}

const canAsk = (): boolean => Boolean(process.stdin.isTTY && process.stderr.isTTY);

/** Anything but a yes is a no, also the end of input. */
function askAt(output: NodeJS.WritableStream, signal: AbortSignal): NonNullable<Terminal['ask']> {
  return async (question) => {
    const lines = createInterface({ input: process.stdin, output });
    try {
      const ended = new Promise<string>((done) => lines.once('close', () => done('')));
      return /^y(?:es)?$/i.test((await Promise.race([lines.question(`${question} [y/N] `, { signal }), ended])).trim());
    } catch (error) {
      if (signal.aborted) return false;
      throw error;
    } finally {
      lines.close();
    }
  };
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
