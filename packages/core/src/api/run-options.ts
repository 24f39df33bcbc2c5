import type { GenerationResult } from './generation-result.js';
import type { JobProgress } from './job-progress.js';
import type { SavingFile } from './saving-file.js';

/** How one job is run. */
export interface RunOptions {
  /** Cancels the job: while it waits at once, else when the running step ends. */
  readonly signal?: AbortSignal;
  /** Called at each stage and after each step; one that throws is not called again. */
  readonly onProgress?: (progress: JobProgress) => void;
  /**
   * Asked after each step and before each batch. `batch`: the sampling of this batch ends here, and its pictures are made from
   * what there is; they are given back, not saved. `job`: the same, and no other batch begins.
   */
  readonly stop?: () => 'batch' | 'job' | undefined;
  /** Makes of the result what a client will get. Extensions have the last word on it (`api.response`) while the job still lives. */
  readonly answer?: (result: GenerationResult) => Promise<Readonly<Record<string, unknown>>>;
  /**
   * Folder to save pictures in, below it `txt2img-images/`, `img2img-images/` and the same with `-grids`; made when missing.
   * Absent: nothing is written and no grid is made.
   */
  readonly out?: string;
  /** Awaited when the job's turn has come, before anything is loaded for it; what it throws fails the job. */
  readonly onStart?: () => void | Promise<void>;
  /**
   * Awaited before a file gets its place: whoever must not leave half a job behind when the process is killed writes it down.
   * What it throws fails the job.
   */
  readonly onSaving?: (file: SavingFile) => void | Promise<void>;
}
