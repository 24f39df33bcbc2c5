import { randomBytes } from 'node:crypto';
import { link, rm, stat } from 'node:fs/promises';
import { HostError } from '@armature/sdk/host';
import type { MergeInputs } from './merge-inputs.js';
import { type MergeKind, planMerge } from './merge-plan.js';
import { type MergeWatch, writeMerge } from './write-merge.js';

export interface MergeTarget {
  /** The file to make, once it is known what the result is. */
  readonly pathOf: (kind: MergeKind) => string;
  readonly metadataOf: (kind: MergeKind) => Readonly<Record<string, string>>;
}

/**
 * Merges open files into a new one, which appears whole or not at all and never takes the place of another.
 * @throws HostError MERGE_UNFIT, REQUEST_INVALID (a file of the name), OUTPUT_UNWRITABLE, JOB_CANCELLED, CKPT_CHANGED, CKPT_TRUNCATED
 */
export async function mergeFile(
  inputs: MergeInputs,
  target: MergeTarget,
  watch: MergeWatch = {},
): Promise<{ readonly path: string; readonly tensors: number; readonly bytes: number }> {
  const plan = planMerge(inputs);
  const path = target.pathOf(plan.kind);
  if (await stat(path).catch(() => undefined)) throw taken(path);
  const part = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.part`;
  try {
    await writeMerge(inputs, plan, { path: part, metadata: target.metadataOf(plan.kind), watch });
    await link(part, path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'EEXIST') throw taken(path);
    if (error instanceof HostError || !/^E[A-Z]+$/.test(code)) throw error;
    throw new HostError('OUTPUT_UNWRITABLE', { path, problem: code }, { cause: error });
  } finally {
    await rm(part, { force: true }).catch(() => undefined);
  }
  const bytes = plan.tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return { path, tensors: plan.tensors.length, bytes };
}

const taken = (path: string): HostError =>
  new HostError('REQUEST_INVALID', { field: 'name', problem: 'there is a file of this name already; give another', seen: path });
