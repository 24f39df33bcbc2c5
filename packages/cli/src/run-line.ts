import { type Command, CommanderError } from 'commander';
import type { CommandContext } from './commands/command-context.js';
import { type DottedFlag, splitDottedFlags } from './flags/dotted-flags.js';
import { exitCodeOf, printError } from './output/print-error.js';
import { createProgram } from './program.js';
import type { Terminal } from './terminal.js';

/** Adds one command to the program. */
export type AddCommand = (program: Command, context: CommandContext & { readonly dotted: readonly DottedFlag[] }) => void;

/** Commands that take the flags of extensions. */
const makesPictures: ReadonlySet<string | undefined> = new Set(['txt2img', 'img2img', 'dev']);

/**
 * Runs one command line of a program that has these commands.
 * @returns the exit code; see `armature --help`. Never throws.
 */
export async function runLine(argv: readonly string[], terminal: Terminal, commands: readonly AddCommand[]): Promise<number> {
  const json = argv.includes('--json');
  try {
    // `--late-sharpen.from 0.6`: known only once the extensions are loaded, so it is taken out first.
    const { rest, dotted } = makesPictures.has(argv[0]) ? splitDottedFlags(argv) : { rest: argv, dotted: [] };
    const program = createProgram(terminal);
    let code = 0;
    const done = (value: number): void => {
      code = value;
    };
    for (const add of commands) add(program, { terminal, dotted, done });
    await program.parseAsync([...rest], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    printError(error, terminal, json);
    return exitCodeOf(error);
  }
}
