import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isTensor } from '@armature/sdk';
import { compareRecords } from '../tensors/compare-records.js';
import { formatRecord, parseRecord, recordOf, type TensorRecord } from '../tensors/tensor-record.js';
import type { MatcherContext, SnapshotOutcome, Verdict } from './matcher-context.js';

export interface TensorSnapshotOptions {
  /** How far a value, and a statistic, may be from the recorded one. Default 1e-4. */
  readonly tolerance?: number;
}

/**
 * Is a tensor what it was? The record lies beside the test, `__snapshots__/<test file>.<name>.tensor.json`; it is written when it is
 * not there (not in CI), and anew when vitest runs with `-u` and the tensor has left the tolerance.
 */
export function toMatchTensorSnapshot(this: MatcherContext, received: unknown, name: string, options: TensorSnapshotOptions = {}): Verdict {
  if (!isTensor(received)) throw new TypeError(`what was received is no tensor but ${received === null ? 'null' : typeof received}`);
  if (this.isNot) throw new TypeError('toMatchTensorSnapshot has no opposite: a snapshot says what a tensor is');
  const path = snapshotPath(this.testPath, name);
  const update = this.snapshotState.snapshotUpdateState;
  const found = recordOf(received);
  if (!existsSync(path)) {
    if (update !== 'none') return write(this, 'added', path, found);
    return fail(this, `there is no tensor snapshot ${path}, and none is written in CI: run the test once outside it`);
  }
  const lines = differences(found, path, options.tolerance ?? 1e-4);
  if (lines.length === 0) return pass(this, 'matched');
  if (update === 'all') return write(this, 'updated', path, found);
  const where = `  snapshot: ${path} (vitest -u writes it anew)`;
  return fail(this, [`expected the tensor to match its snapshot "${name}":`, ...lines.map((line) => `  ${line}`), where].join('\n'));
}

function differences(found: TensorRecord, path: string, tolerance: number): readonly string[] {
  try {
    return compareRecords(found, parseRecord(readFileSync(path, 'utf8')), tolerance);
  } catch (error) {
    return [`it cannot be read: ${(error as Error).message}`];
  }
}

function snapshotPath(testPath: string | undefined, name: string): string {
  if (!testPath) throw new TypeError('toMatchTensorSnapshot works only inside a test: outside there is no file to lie beside');
  if (!/^[\w-][\w.-]*$/.test(name))
    throw new RangeError(`${JSON.stringify(name)} is no name for a file: use letters, digits, dots and hyphens`);
  const test = basename(testPath).replace(/\.(?:test|spec)\.[cm]?[jt]sx?$/, '');
  return join(dirname(testPath), '__snapshots__', `${test}.${name}.tensor.json`);
}

function count({ snapshotState, task, testPath = '' }: MatcherContext, outcome: SnapshotOutcome): void {
  snapshotState[outcome].increment(task?.id ?? testPath);
}

function write(context: MatcherContext, outcome: SnapshotOutcome, path: string, record: TensorRecord): Verdict {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, formatRecord(record));
  return pass(context, outcome);
}

function pass(context: MatcherContext, outcome: SnapshotOutcome): Verdict {
  count(context, outcome);
  return { pass: true, message: () => '' };
}

function fail(context: MatcherContext, text: string): Verdict {
  count(context, 'unmatched');
  return { pass: false, message: () => text };
}
