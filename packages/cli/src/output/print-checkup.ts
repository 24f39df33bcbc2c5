import type { ExtensionReport } from '@armature/core';
import type { Checkup } from '../doctor/checkup.js';
import type { Terminal } from '../terminal.js';
import { printable } from './printable.js';
import { table } from './table.js';

const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** A paragraph for each part; problems last, where they are seen. */
export function printCheckup(checkup: Checkup, { stdout }: Terminal): void {
  const { warnings, problems } = checkup;
  const parts = [machine(checkup), modelFolders(checkup), extensions(checkup), profile(checkup)].filter((part) => part !== '');
  if (warnings.length > 0) parts.push(`WARNINGS\n${warnings.map((text) => `${text}\n`).join('')}`);
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  parts.push(
    problems.length === 0 ? 'Nothing is wrong.\n' : `${count}\n${problems.map(({ code, message }) => `${code}: ${message}\n`).join('')}`,
  );
  stdout.write(printable(parts.join('\n')));
}

function machine({ environment, runtime, data }: Checkup): string {
  const { armature, node, platform, cpu, threads, instructions, memory, free } = environment;
  const runs = runtime
    ? `${runtime.version}, device ${runtime.device} (this build knows ${runtime.devices.join(', ')})`
    : 'it does not start';
  return table([
    ['armature', armature],
    ['node', `${node}, ${platform}`],
    [
      'processor',
      `${cpu}, ${threads} ${threads === 1 ? 'thread' : 'threads'}${instructions.length > 0 ? `, ${instructions.join(' ')}` : ''}`,
    ],
    ['memory', `${gigabytes(memory)}, ${gigabytes(free)} free`],
    ['onnxruntime', runs],
    ['data', data],
  ]);
}

/** Kinds without a file are left out; where would be looked is told by the first of them. */
function modelFolders({ models }: Checkup): string {
  const rows = models
    .filter(({ files, kind }) => files > 0 || kind === 'checkpoint')
    .map(({ kind, files, bytes, unreadable, folders }) => {
      const broken = unreadable.length === 0 ? '' : `, ${unreadable.length} unreadable`;
      return [kind, `${files}${broken}`, megabytes(bytes), folders.join(', ')];
    });
  return rows.length === 0 ? '' : table([['MODELS', 'FILES', 'SIZE', 'FOLDERS'], ...rows]);
}

function extensions({ extensions: all }: Checkup): string {
  return all.length === 0 ? '' : table([['EXTENSION', 'VERSION', 'STATE', 'CAPABILITIES', 'CAUSE'], ...all.map(extensionRow)]);
}

const extensionRow = ({ id, version, state, cause, capabilities }: ExtensionReport): readonly string[] => [
  id,
  version,
  state,
  capabilities.join(' ') || 'none',
  cause ? `${cause.code}: ${cause.message}` : '',
];

function profile({ profile: made }: Checkup): string {
  if (!made) return '';
  const stages = Object.entries(made.seconds).map(([stage, seconds]) => [stage, '', '', `${(seconds * 1000).toFixed(1)} ms`]);
  const taps = made.timings.map(({ extension, hook, calls, milliseconds }) => [
    extension,
    hook,
    String(calls),
    `${milliseconds.toFixed(1)} ms`,
  ]);
  return table([['TIME OF', 'HOOK', 'CALLS', 'TIME'], ...stages, ...taps]);
}
