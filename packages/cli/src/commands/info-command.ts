import type { Command } from 'commander';
import { addFolderFlags, type HostFlags } from '../host/host-flags.js';
import { openHost } from '../host/open-host.js';
import { type ReadParameters, readParameters } from '../host/read-parameters.js';
import { missingLine, requestRows, unknownLine } from '../output/pasted-lines.js';
import { printable } from '../output/printable.js';
import { table } from '../output/table.js';
import { TerminalLog } from '../output/terminal-log.js';
import type { Terminal } from '../terminal.js';
import type { CommandContext } from './command-context.js';

interface InfoFlags extends HostFlags {
  readonly json?: boolean;
}

const help = `
Reads PNG text, the EXIF comment of JPEG and WebP, and pictures of NovelAI.

Examples:
  armature info picture.png
  armature info picture.jpg --json
`;

/** `armature info <image>`. */
export function infoCommand(program: Command, { terminal }: CommandContext): void {
  const command = program
    .command('info')
    .description('Print the parameters of a picture, and what of them is understood here')
    .argument('<image>', 'A PNG, JPEG or WebP file')
    .option('--json', 'Print one JSON object');
  addFolderFlags(command).addHelpText('after', help);
  command.action((image: string, flags: InfoFlags) => printInfo(image, flags, terminal));
}

async function printInfo(image: string, flags: InfoFlags, terminal: Terminal): Promise<void> {
  const { host } = await openHost(flags, terminal, new TerminalLog(terminal));
  try {
    const read = await readParameters(host, image, terminal.folder);
    terminal.stdout.write(flags.json ? `${JSON.stringify(jsonReport(image, read))}\n` : textReport(read));
  } finally {
    await host.dispose();
  }
}

function jsonReport(path: string, { info, pasted: { request, infotext, unknown, missing } }: ReadParameters): object {
  return { path, ...info, fields: Object.fromEntries(infotext.fields), request, unknown, missing };
}

function textReport({ info, pasted }: ReadParameters): string {
  const texts = Object.keys(info.items);
  const notes = [
    ...pasted.missing.map(missingLine),
    unknownLine(pasted),
    texts.length > 0 ? printable(`other texts: ${texts.join(', ')}`) : undefined,
  ].filter((line) => line !== undefined);
  const rows = requestRows(pasted.request).map(([field, value]) => [`  ${field}`, value]);
  return `${printable(info.parameters)}\n\nunderstood as\n${table(rows)}${notes.map((line) => `${line}\n`).join('')}`;
}
