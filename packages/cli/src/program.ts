import { createRequire } from 'node:module';
import { Command } from 'commander';
import { exitCodesHelp } from './output/exit-codes.js';
import type { Terminal } from './terminal.js';

/** The frame of the command line: help, version, and errors that are thrown rather than printed. */
export function createProgram(terminal: Terminal): Command {
  const { version } = createRequire(import.meta.url)('../package.json') as { version: string };
  return new Command('armature')
    .description('Makes pictures with Stable Diffusion checkpoints, in Node alone.')
    .version(version, '-V, --version')
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      outputError: () => {},
      getOutHelpWidth: () => terminal.stdout.columns ?? 100,
      getErrHelpWidth: () => terminal.stderr.columns ?? 100,
    })
    .exitOverride()
    .addHelpText('after', exitCodesHelp);
}
