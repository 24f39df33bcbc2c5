import type { Command } from 'commander';
import { checkUp } from '../doctor/check-up.js';
import { addFolderFlags, addRuntimeFlags, type HostFlags } from '../host/host-flags.js';
import { printCheckup } from '../output/print-checkup.js';
import type { CommandContext } from './command-context.js';

interface DoctorFlags extends HostFlags {
  readonly json?: boolean;
  readonly profile?: string;
}

const help = `
The exit code is 0 when nothing is wrong, else that of the first problem.
`;

/** `armature doctor`. */
export function doctorCommand(program: Command, { terminal, done }: CommandContext): void {
  const doctor = addRuntimeFlags(addFolderFlags(program.command('doctor').description('Look at machine, models and extensions')))
    .option('--profile <prompt>', 'Make this picture and tell the time each extension took in each hook')
    .option('--json', 'Print one JSON object')
    .addHelpText('after', help);
  doctor.action(async () => {
    const { json, profile, ...flags }: DoctorFlags = doctor.opts();
    const checkup = await checkUp(flags, profile, terminal);
    if (json) terminal.stdout.write(`${JSON.stringify(checkup)}\n`);
    else printCheckup(checkup, terminal);
    done(checkup.problems[0]?.exit ?? 0);
  });
}
