import type { ModelDescription } from '@armature/sdk';
import type { ModelCheck } from './model-check.js';

export interface DescribeOptions {
  /** Where several kinds have a file of the name, and for a file that lies in no model folder. */
  readonly kind?: string;
  /** Hashes take a whole read of the file. Default false. */
  readonly hashes?: boolean;
  /** Look at every number for those that are none, a whole read too. Default: for files of up to 8 MiB. */
  readonly values?: boolean;
  /** Look at every number, and hold every tensor against what the networks of a checkpoint need. Default false. */
  readonly check?: boolean;
}

/** Hashes as tools write them, hex. */
export interface ModelHashes {
  readonly sha256: string;
  /** The first ten digits of `sha256`: a checkpoint's in parameters. */
  readonly autoV2: string;
  /** Of releases before 2023; absent for a file that ends before the part it is taken of. */
  readonly former?: string;
  /** Of a safetensors file without its header, as trainers write it (`sshs_model_hash`); its first twelve digits are a LoRA's in parameters. */
  readonly tensors?: string;
}

/** One model file, as `Host.describeModel` finds it. */
export interface ModelFileReport extends Required<Pick<ModelDescription, 'triggers' | 'facts' | 'problems'>> {
  readonly kind: string;
  readonly name: string;
  readonly title: string;
  readonly path: string;
  readonly bytes: number;
  /** Undefined: nobody here knows such files, or it cannot be read. */
  readonly format: string | undefined;
  readonly base: string | undefined;
  /** Absent for a file that holds none, or cannot be read. */
  readonly tensors: { readonly count: number; readonly values: number; readonly dtypes: readonly string[] } | undefined;
  /** What its author wrote into it: `ss_…`, `modelspec.…`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** A picture beside the file that shows what it does. */
  readonly preview: string | undefined;
  /** With `hashes` only. */
  readonly hashes: ModelHashes | undefined;
  /** With `check` only. */
  readonly check?: ModelCheck;
}
