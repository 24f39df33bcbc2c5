import { constants } from 'node:os';
import { watchInterrupts } from './interrupt.js';
import { run } from './run.js';

/** The whole life of the process: runs the command, waits until its output is written, and exits. */
export async function main(argv: readonly string[]): Promise<void> {
  // A reader that went away (`armature models | head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  const interrupts = watchInterrupts();
  const code = await run(argv, {
    stdout: process.stdout,
    stderr: process.stderr,
    folder: process.cwd(),
    env: process.env,
    signal: interrupts.signal,
  });
  await new Promise((done) => process.stdout.write('', done));
  const name = interrupts.received();
  // The runtime process is gone by now; a timer some extension forgot must not keep the command alive.
  process.exit(name === undefined || code === 0 ? code : 128 + constants.signals[name]);
}
