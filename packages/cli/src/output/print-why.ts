import type { ExtensionReport, TapReport } from '@armature/core';
import type { Terminal } from '../terminal.js';
import { printable } from './printable.js';
import { stageName } from './stage-name.js';
import { table } from './table.js';
import { tapReasonText } from './tap-reason-text.js';

/** The taps in calling order, each with its stage and with what puts it behind the one before. */
export function printTapReasons(hook: string, taps: readonly TapReport[], { stdout, stderr }: Terminal): void {
  if (taps.length === 0) {
    stderr.write(`Nobody taps ${hook}.\n`);
    return;
  }
  const rows = taps.map((tap, index) => {
    const state = tap.state === 'active' ? '' : ` (${tap.state})`;
    const path = tap.path === undefined ? '' : ` ${tap.path}`;
    return [String(index + 1), `${tap.extension}${state}${path}`, stageName(tap.stage), tapReasonText(tap, taps[index - 1])];
  });
  stdout.write(printable(table([['', 'EXTENSION', 'STAGE', 'BECAUSE'], ...rows])));
}

/** State and cause, what stands in the way, and what the manifest asks for. `blockers`: from the nearest on. */
export function printExtensionReasons(report: ExtensionReport, blockers: readonly ExtensionReport[], { stdout }: Terminal): void {
  const { id, version, state, origin, cause, requires, after, before, capabilities, hooks, contributions } = report;
  const chain = blockers.map((blocker) => `${blocker.id} is ${blocker.state}${causeText(blocker)}`);
  const facts: readonly (readonly [string, readonly string[]])[] = [
    ['found at', [origin]],
    ['blocked by', chain.length > 0 || report.blockedBy === undefined ? chain : [`${report.blockedBy}, which is not installed`]],
    ['requires', requires],
    ['after', after],
    ['before', before],
    ['capabilities', capabilities],
    ['taps', hooks],
    ['contributes', contributions],
  ];
  const rows = facts.filter(([, values]) => values.length > 0).map(([name, values]) => [`  ${name}`, values.join(', ')]);
  stdout.write(printable(`${id} ${version} is ${state}${cause ? causeText(report) : ''}\n${table(rows)}`));
}

const causeText = ({ cause }: ExtensionReport): string => (cause ? `: ${cause.code}: ${cause.message}` : '');
