import type { JobInfo, JobScope, PromptText, ScriptContribution, ScriptFields } from '@armature/sdk';
import type { RunOptions, Settings } from '../api/index.js';
import type { ProgressTracker } from './progress-tracker.js';
import type { StageClock } from './stage-clock.js';

/** A job whose request was found good; extensions have not been asked yet. Frozen. */
export interface OpenedJob {
  readonly info: JobInfo;
  /** Base of every hook context of this job. */
  readonly scope: JobScope;
  readonly settings: Settings;
  readonly progress: ProgressTracker;
  readonly clock: StageClock;
  /** When the request was made, milliseconds since the epoch. */
  readonly started: number;
  /** Whether the caller wants sampling to end early. */
  readonly stop: NonNullable<RunOptions['stop']>;
  /** Folder to save in; undefined: nothing is written. */
  readonly out: string | undefined;
  /** Who looks on. */
  readonly onProgress: RunOptions['onProgress'];
  readonly onStart: RunOptions['onStart'];
  readonly onSaving: RunOptions['onSaving'];
  /** The script that makes the pictures, with its arguments. */
  readonly script:
    | { readonly owner: string; readonly contribution: ScriptContribution; readonly args: Readonly<Record<string, unknown>> }
    | undefined;
  /** Parameters that a script gives the pictures of a job inside it. */
  readonly fields: ScriptFields;
}

/** One admitted job: a frozen value that every stage reads and none changes. */
export interface Job extends OpenedJob {
  /** One for each picture of the job, batch after batch. */
  readonly seeds: readonly number[];
  readonly subseeds: readonly number[];
  readonly prompts: readonly PromptText[];
  /** Those of the second run, where there is one. */
  readonly hiresPrompts: readonly PromptText[] | undefined;
}

/** The pictures that are sampled together. */
export interface Batch {
  readonly iteration: number;
  /** Index of the first picture within the job. */
  readonly first: number;
  readonly size: number;
}

export function batchesOf(job: Job): readonly Batch[] {
  const { batchSize, iterations } = job.info.request;
  return Array.from({ length: iterations }, (_, iteration) => ({ iteration, first: iteration * batchSize, size: batchSize }));
}
