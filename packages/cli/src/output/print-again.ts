import type { MissingPart } from '@armature/core';
import type { ParameterDifference } from '../commands/compare-parameters.js';
import type { RasterComparison } from '../commands/compare-rasters.js';
import type { Terminal } from '../terminal.js';
import { missingLine, unknownLine } from './pasted-lines.js';
import { printable } from './printable.js';

/** What became of a picture that was made again. */
export interface AgainReport extends RasterComparison {
  /** File of the given picture. */
  readonly image: string;
  readonly sizes: { readonly given: string; readonly made: string };
  readonly differences: readonly ParameterDifference[];
  readonly missing: readonly MissingPart[];
  readonly unknown: readonly string[];
  readonly path: string | undefined;
  readonly infotext: string;
  readonly seconds: number;
}

/** `identical`, or how far apart; then what differs. `named`: the file stands in front. */
export function printAgain(report: AgainReport, { stdout }: Terminal, named: boolean): void {
  const lines = [
    `${named ? `${printable(report.image)}: ` : ''}${verdict(report)}`,
    ...report.differences.map(differenceLine),
    ...report.missing.map(missingLine),
    unknownLine(report),
  ];
  const explained = report.identical || report.differences.length + report.missing.length + report.unknown.length > 0;
  if (!explained) lines.push('the parameters are the same: another device, number of threads, or a setting they do not hold (--set)');
  if (report.path !== undefined) lines.push(report.path);
  for (const line of lines) if (line !== undefined) stdout.write(`${line}\n`);
}

function verdict({ identical, psnr = 0, largest, share = 0, sizes }: AgainReport): string {
  if (identical) return 'identical';
  if (largest === undefined) return `differs: it has ${sizes.given} pixels, ${sizes.made} were made`;
  const word = largest <= 1 ? 'the same within rounding' : 'differs';
  return `${word}: PSNR ${psnr.toFixed(1)} dB, at most ${largest} of 255, ${(share * 100).toFixed(share < 0.01 ? 3 : 1)} % of the values`;
}

const differenceLine = ({ field, given = '(nothing)', made = '(nothing)' }: ParameterDifference): string =>
  printable(`${field}: ${given} -> ${made}`).replaceAll('\n', ' ⏎ ');
