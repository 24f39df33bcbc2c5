import { CommanderError } from 'commander';
import { againCommand } from './commands/again-command.js';
import { extensionsCommand } from './commands/extensions-command.js';
import { img2imgCommand } from './commands/img2img-command.js';
import { infoCommand } from './commands/info-command.js';
import { modelsCommand } from './commands/models-command.js';
import { txt2imgCommand } from './commands/txt2img-command.js';
import { splitDottedFlags } from './flags/dotted-flags.js';
import { exitCodeOf, printError } from './output/print-error.js';
import { createProgram } from './program.js';
import type { Terminal } from './terminal.js';

/** Commands that take the flags of extensions. */
const makesPictures: ReadonlySet<string | undefined> = new Set(['txt2img', 'img2img']);

/**
 * Runs one command line.
 * @returns the exit code; see `armature --help`. Never throws.
 */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  const json = argv.includes('--json');
  try {
    // `--late-sharpen.from 0.6`: known only once the extensions are loaded, so it is taken out first.
    const { rest, dotted } = makesPictures.has(argv[0]) ? splitDottedFlags(argv) : { rest: argv, dotted: [] };
    const program = createProgram(terminal);
    let code = 0;
    const done = (value: number): void => {
      code = value;
    };
    txt2imgCommand(program, { terminal, dotted, done });
    img2imgCommand(program, { terminal, dotted, done });
    infoCommand(program, { terminal, done });
    againCommand(program, { terminal, done });
    modelsCommand(program, { terminal, done });
    extensionsCommand(program, { terminal, done });
    await program.parseAsync([...rest], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    printError(error, terminal, json);
    return exitCodeOf(error);
  }
}
