import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, copyFile, link, rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { HostError } from '@armature/sdk/host';
import type { MergeInputs } from './merge-inputs.js';
import { type MergeKind, planMerge } from './merge-plan.js';
import { type MergeWatch, writeMerge } from './write-merge.js';

export interface MergeTarget {
  /** The file to make, once it is known what the result is. */
  readonly pathOf: (kind: MergeKind) => string;
  readonly metadataOf: (kind: MergeKind) => Readonly<Record<string, string>>;
  /** A yaml that is copied beside the file, under its name. */
  readonly config?: string | undefined;
}

interface MergedFile {
  readonly path: string;
  /** The copy of the yaml. */
  readonly config: string | undefined;
  readonly tensors: number;
  readonly bytes: number;
}

/**
 * Merges open files into a new one, which appears whole, with its yaml, or not at all, and never takes the place of another.
 * @throws HostError MERGE_UNFIT, REQUEST_INVALID (a file of the name), OUTPUT_UNWRITABLE, JOB_CANCELLED, CKPT_CHANGED, CKPT_TRUNCATED,
 * CKPT_CONFIG (a yaml that cannot be read)
 */
export async function mergeFile(inputs: MergeInputs, target: MergeTarget, watch: MergeWatch = {}): Promise<MergedFile> {
  const plan = planMerge(inputs);
  const path = target.pathOf(plan.kind);
  const config = target.config === undefined ? undefined : yamlOf(path);
  for (const name of [path, config]) if (name !== undefined && (await stat(name).catch(() => undefined))) throw taken(name);
  const part = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.part`;
  const configPart = `${part}.yaml`;
  try {
    // First, as it takes no time and may fail.
    if (target.config !== undefined) await copyConfig(target.config, configPart);
    await writeMerge(inputs, plan, { path: part, metadata: target.metadataOf(plan.kind), watch });
    if (config !== undefined) await named(configPart, config);
    await named(part, path).catch(async (error: unknown) => {
      if (config !== undefined) await rm(config, { force: true });
      throw error;
    });
  } catch (error) {
    throw writingError(path, error);
  } finally {
    for (const left of [part, configPart]) await rm(left, { force: true }).catch(() => undefined);
  }
  const bytes = plan.tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return { path, config, tensors: plan.tensors.length, bytes };
}

/** A copy keeps the rights of its original, and one that nobody may read is of no use. */
async function copyConfig(from: string, to: string): Promise<void> {
  await access(from, constants.R_OK).catch((error: NodeJS.ErrnoException) => {
    const problem = `it cannot be read (${error.code}), and the merge takes a copy of it`;
    throw new HostError('CKPT_CONFIG', { path: from, problem }, { cause: error });
  });
  await copyFile(from, to, constants.COPYFILE_EXCL);
}

/** Unlike a renaming, a link never takes the place of a file. */
async function named(part: string, path: string): Promise<void> {
  await link(part, path).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? taken(path) : error;
  });
}

const yamlOf = (path: string): string => join(dirname(path), `${basename(path, extname(path))}.yaml`);

function writingError(path: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (error instanceof HostError || !/^E[A-Z]+$/.test(code)) return error;
  return new HostError('OUTPUT_UNWRITABLE', { path, problem: code }, { cause: error });
}

const taken = (path: string): HostError =>
  new HostError('REQUEST_INVALID', { field: 'name', problem: 'there is a file of this name already; give another', seen: path });
