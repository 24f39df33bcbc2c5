import type { ExtensionReport, Host } from '@armature/core';
import { HostError } from '@armature/sdk/host';
import type { Command } from 'commander';
import { addFolderFlags, type HostFlags } from '../host/host-flags.js';
import { openHost } from '../host/open-host.js';
import { printExtensionReasons, printTapReasons } from '../output/print-why.js';
import { TerminalLog } from '../output/terminal-log.js';
import type { Terminal } from '../terminal.js';
import type { CommandContext } from './command-context.js';

interface WhyFlags extends HostFlags {
  readonly json?: boolean;
}

const help = `
Examples:
  armature why sampling.guided
  armature why extension you.late-sharpen
`;

/** `armature why <hook>` and `armature why extension <id>`. */
export function whyCommand(program: Command, { terminal }: CommandContext): void {
  const why = addFolderFlags(program.command('why').description('Tell who taps a hook, in what order, and why'))
    .argument('<hook>', 'sampling.guided, graph.module, …')
    .option('--json', 'Print a JSON array')
    .addHelpText('after', help);
  why.action((hook: string) => withHost(why.opts(), terminal, (host) => whyHook(host, hook, why.opts<WhyFlags>().json, terminal)));
  const extension = addFolderFlags(why.command('extension').description('Tell the state of an extension, and what it follows from'))
    .argument('<id>', 'Its id')
    .option('--json', 'Print one JSON object');
  extension.action((id: string) => {
    const flags: WhyFlags = extension.optsWithGlobals();
    return withHost(flags, terminal, (host) => whyExtension(host, id, flags.json, terminal));
  });
}

async function withHost(flags: HostFlags, terminal: Terminal, work: (host: Host) => void): Promise<void> {
  const log = new TerminalLog(terminal);
  // The answer says what the log would.
  log.hold();
  const { host } = await openHost(flags, terminal, log);
  try {
    work(host);
  } finally {
    await host.dispose();
  }
}

function whyHook(host: Host, hook: string, json: boolean | undefined, terminal: Terminal): void {
  const taps = host.explain(hook);
  if (json) terminal.stdout.write(`${JSON.stringify(taps)}\n`);
  else printTapReasons(hook, taps, terminal);
}

function whyExtension(host: Host, id: string, json: boolean | undefined, terminal: Terminal): void {
  const reports = host.extensions();
  const report = reports.find((candidate) => candidate.id === id);
  if (!report) throw new HostError('EXT_NOT_FOUND', { id, known: reports.map((other) => other.id).join(', ') || 'none' });
  const chain = blockers(report, reports);
  if (json) terminal.stdout.write(`${JSON.stringify({ ...report, blockers: chain.map((blocker) => blocker.id) })}\n`);
  else printExtensionReasons(report, chain, terminal);
}

/** What the extension waits for, what that waits for, and so on; one that is missing ends the chain without a report. */
function blockers(report: ExtensionReport, reports: readonly ExtensionReport[]): readonly ExtensionReport[] {
  const next = reports.find(({ id }) => id === report.blockedBy);
  return next ? [next, ...blockers(next, reports)] : [];
}
