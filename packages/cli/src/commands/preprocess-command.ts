import { stat } from 'node:fs/promises';
import { parse, resolve } from 'node:path';
import { decodeImage, encodePng, type Host, meantHint, replaceFile } from '@armature/core';
import type { PreprocessorContribution } from '@armature/sdk';
import { HostError, toJsonSchema } from '@armature/sdk/host';
import type { Command } from 'commander';
import { collectPairs } from '../flags/collect-pairs.js';
import { flagValue } from '../flags/flag-value.js';
import type { JsonField } from '../flags/json-field.js';
import { addFolderFlags, addRuntimeFlags, type HostFlags } from '../host/host-flags.js';
import { openHost } from '../host/open-host.js';
import { readPictureFile } from '../host/read-picture-file.js';
import { printPreprocessors } from '../output/print-preprocessors.js';
import { TerminalLog } from '../output/terminal-log.js';
import type { Terminal } from '../terminal.js';
import type { CommandContext } from './command-context.js';

interface PreprocessFlags extends HostFlags {
  readonly out?: string;
  readonly set?: Readonly<Record<string, string>>;
  readonly mask?: string;
  readonly list?: boolean;
  readonly json?: boolean;
}

const help = `
Examples:
  armature preprocess --list
  armature preprocess canny photo.png
  armature preprocess canny photo.png --set low_threshold=50 --set resolution=768 --out edges.png
`;

/** `armature preprocess <module> <picture>`. */
export function preprocessCommand(program: Command, { terminal }: CommandContext): void {
  const command = program
    .command('preprocess')
    .description('Make the map of a picture that guides another: edges, depth, lines')
    .argument('[module]', 'A preprocessor; --list shows them')
    .argument('[picture]', 'A PNG, JPEG or WebP file')
    .option('--out <file>', 'The PNG file of the map (default: <picture>-<module>.png beside the picture)')
    .option('--set <name=value>', 'A number of the preprocessor; may be given several times', collectPairs)
    .option('--mask <file>', 'White where it counts; for preprocessors that need one')
    .option('--list', 'List the preprocessors with what may be set')
    .option('--json', 'Print one JSON object, with --list an array');
  addRuntimeFlags(addFolderFlags(command)).addHelpText('after', help);
  command.action(async (module: string | undefined, picture: string | undefined, flags: PreprocessFlags) => {
    const { host } = await openHost(flags, terminal, new TerminalLog(terminal));
    try {
      if (flags.list) printPreprocessors(host.contributions('preprocessor'), terminal, flags.json === true);
      else await makeMap(host, { module, picture, flags }, terminal);
    } finally {
      await host.dispose();
    }
  });
}

interface Asked {
  readonly module: string | undefined;
  readonly picture: string | undefined;
  readonly flags: PreprocessFlags;
}

/** @throws HostError CLI_USAGE, PREPROCESSOR_*, REQUEST_INVALID, IMAGE_INVALID, FOLDER_EXISTS, OUTPUT_UNWRITABLE */
async function makeMap(host: Host, { module, picture, flags }: Asked, terminal: Terminal): Promise<void> {
  if (!module || !picture) throw new HostError('CLI_USAGE', { problem: 'Give a preprocessor and a picture, or --list.' });
  const { id, value: preprocessor } = find(host, module);
  const args = valuesOf(preprocessor, flags.set ?? {});
  const path = resolve(terminal.folder, flags.out ?? besides(picture, preprocessor.name));
  if (await stat(path).catch(() => undefined)) throw new HostError('FOLDER_EXISTS', { path });
  const read = async (file: string) => decodeImage(await readPictureFile(file, terminal.folder), { name: file });
  const image = await read(picture);
  const mask = flags.mask === undefined ? undefined : await read(flags.mask);
  const map = await host.preprocess({ module: id, image, mask, args }, { signal: terminal.signal });
  await replaceFile(path, await encodePng(map));
  const { width, height } = map;
  const report = { path, module: preprocessor.name, width, height, args };
  terminal.stdout.write(flags.json ? `${JSON.stringify(report)}\n` : `${path}  ${width}x${height}\n`);
}

/** By name, label or id, whatever the case of letters. */
function find(host: Host, name: string) {
  const all = host.contributions('preprocessor');
  const wanted = name.toLowerCase();
  const found = all.find(({ id, value }) => [id, value.name, value.label ?? ''].some((known) => known.toLowerCase() === wanted));
  if (found) return found;
  throw new HostError('PREPROCESSOR_UNKNOWN', {
    name,
    meant: meantHint(
      all.map(({ value }) => value.name),
      name,
    ),
  });
}

/** @throws HostError REQUEST_INVALID naming the flag, with what may be set */
function valuesOf(
  { name, fields = {} }: PreprocessorContribution,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  const { properties } = toJsonSchema(name, fields) as { readonly properties: Readonly<Record<string, JsonField>> };
  return Object.fromEntries(
    Object.entries(given).map(([key, text]) => {
      const schema = properties[key];
      if (schema) return [key, flagValue(`--set ${key}`, text, schema)];
      const known = Object.keys(properties).join(', ') || 'nothing';
      throw new HostError('REQUEST_INVALID', { field: '--set', problem: `${name} has no ${key}; what may be set is ${known}`, seen: text });
    }),
  );
}

function besides(picture: string, module: string): string {
  const { dir, name } = parse(picture);
  return `${dir === '' ? '' : `${dir}/`}${name}-${module.replaceAll(/[^\w.+-]/g, '_')}.png`;
}
