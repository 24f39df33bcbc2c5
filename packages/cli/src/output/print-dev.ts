import { relative } from 'node:path';
import type { ExtensionReport, Host } from '@armature/core';
import type { Fault } from '@armature/sdk';
import type { Trial } from '../dev/picture-trial.js';
import type { Terminal } from '../terminal.js';
import { printable } from './printable.js';
import { stageName } from './stage-name.js';

/** An error or fault with the source lines it comes from. */
export interface TracedProblem {
  readonly code: string;
  readonly message: string;
  readonly trace: readonly string[];
}

export const problemLines = ({ code, message, trace }: TracedProblem): readonly string[] => [
  printable(`${code}: ${message}`),
  ...trace.map((frame) => `    ${printable(frame)}`),
];

/** State, taps with their places, contributions. `milliseconds`: from the change to the new generation; undefined at the start. */
export function printSwap(
  report: ExtensionReport,
  host: Pick<Host, 'explain'>,
  milliseconds: number | undefined,
  terminal: Terminal,
): void {
  const when = milliseconds === undefined ? '' : ` after ${Math.round(milliseconds)} ms`;
  const lines = [`${report.id} ${report.version} is ${report.state}${when}`];
  for (const hook of report.hooks) {
    const taps = host.explain(hook);
    for (const [index, { extension, stage, path }] of taps.entries()) {
      if (extension !== report.id) continue;
      lines.push(`  ${hook}${path === undefined ? '' : ` ${path}`}  ${index + 1} of ${taps.length}, stage ${stageName(stage)}`);
    }
  }
  lines.push(...report.contributions.map((contribution) => `  ${contribution}`));
  for (const line of lines) terminal.stdout.write(`${printable(line)}\n`);
}

/** File, time and how far it is from the last one; then what the extension took in each hook, and its faults. */
export function printTrial({ result, path, change }: Trial, id: string, traced: (fault: Fault) => TracedProblem, terminal: Terminal): void {
  const lines = [`  ${relative(terminal.folder, path)}  ${(result.seconds.total ?? 0).toFixed(2)} s${changeText(change)}`];
  for (const { extension, hook, calls, milliseconds } of result.timings) {
    if (extension === id) lines.push(`  ${hook}  ${calls} ${calls === 1 ? 'call' : 'calls'}, ${milliseconds.toFixed(1)} ms`);
  }
  for (const line of lines) terminal.stdout.write(`${printable(line)}\n`);
  for (const fault of result.faults) for (const line of problemLines(traced(fault))) terminal.stderr.write(`${line}\n`);
}

function changeText(change: Trial['change']): string {
  if (!change) return '';
  if (change.identical) return ', the same as the last one';
  if (change.psnr === undefined) return ', another size than the last one';
  return `, ${change.psnr.toFixed(1)} dB from the last one`;
}
