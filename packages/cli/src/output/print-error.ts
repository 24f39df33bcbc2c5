import { isHostError } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { CommanderError } from 'commander';
import type { Terminal } from '../terminal.js';
import { printable } from './printable.js';

interface ErrorReport {
  readonly code: string;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** One line on stderr, or with `--json` one object on stdout. The stack only where `ARMATURE_DEBUG` is set. */
export function printError(error: unknown, terminal: Terminal, json: boolean): void {
  const report = describe(error);
  if (json) terminal.stdout.write(`${JSON.stringify({ error: report })}\n`);
  else terminal.stderr.write(`armature: ${report.code}: ${printable(report.message)}\n`);
  if (terminal.env.ARMATURE_DEBUG && error instanceof Error) terminal.stderr.write(`${stackOf(error)}\n`);
}

export function exitCodeOf(error: unknown): number {
  if (isHostError(error)) return error.code === 'JOB_CANCELLED' ? 130 : error.exit;
  return error instanceof CommanderError ? 2 : 1;
}

function describe(error: unknown): ErrorReport {
  if (isHostError(error)) return { code: error.code, message: error.message, data: error.data };
  if (error instanceof CommanderError) return describe(new HostError('CLI_USAGE', { problem: commanderText(error) }));
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error), data: {} };
}

function commanderText(error: CommanderError): string {
  if (error.code === 'commander.help') return 'No command was given, or none of that name.';
  const text = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
  return /[.)?]$/.test(text) ? text : `${text}.`;
}

function stackOf(error: Error): string {
  const own = error.stack ?? String(error);
  return error.cause instanceof Error ? `${own}\ncaused by ${stackOf(error.cause)}` : own;
}
