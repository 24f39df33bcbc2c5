import { relative } from 'node:path';
import { type Capability, capabilities as meanings } from '@armature/core';
import type { AddPlan } from '../packages/add-plan.js';
import type { Terminal } from '../terminal.js';
import { printable } from './printable.js';

/** The plan as people read it. Names and versions come from a stranger's file. */
export function printAdd(plan: AddPlan, { stdout, folder }: Terminal): void {
  const row = (name: string, text: string): string => `  ${name.padEnd(10)}${printable(text)}\n`;
  const { capabilities, newCapabilities, reaches, requires, dependencies, skippedScripts } = plan;
  const asks = (word: Capability): string => `${word}${isNew(word) ? ' (new)' : ''}: ${meanings[word]}`;
  const isNew = (word: Capability): boolean => plan.replaces !== undefined && newCapabilities.includes(word);
  const lines = [
    `${plan.id} ${printable(plan.version)}${plan.replaces === undefined ? '' : ` in place of ${printable(plan.replaces)}`}\n`,
    row('package', `${plan.package}, from ${plan.from}`),
    row('goes to', relative(folder, plan.folder)),
    row('holds', `${plan.files} files, ${(plan.bytes / 1000).toFixed(1)} kB`),
    ...(dependencies.length > 0 ? [row('brings', dependencies.join(', '))] : []),
    ...(requires.length > 0 ? [row('requires', requires.join(', '))] : []),
    ...(capabilities.length > 0 ? capabilities.map((word) => row('asks for', asks(word))) : [row('asks for', 'nothing beyond the SDK')]),
    ...(reaches.length > 0 ? [row('uses', reaches.join(', '))] : []),
    ...(skippedScripts.length > 0 ? [row('not run', `install scripts of ${skippedScripts.join(', ')}`)] : []),
    row('trust', 'its code runs in this process with your rights; what it asks for is checked against its imports, not enforced'),
  ];
  stdout.write(lines.join(''));
}
