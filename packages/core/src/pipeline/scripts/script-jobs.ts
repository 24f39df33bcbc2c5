import type { Fault, GenerationRequest, ScriptPicture, ScriptRunOptions } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type { ExtensionTiming, GeneratedImage, GenerationFacts, GenerationResult, RequestInput } from '../../api/index.js';
import type { OpenedJob } from '../../jobs/index.js';
import type { JobOptions } from '../admit/open-job.js';
import type { Run } from '../run.js';

/** A whole job, and the run its pictures were finished by. */
export type RunInner = (
  request: RequestInput,
  options: JobOptions,
) => Promise<{ readonly result: GenerationResult; readonly run: Run | undefined }>;

/** By which run a picture was finished, and what its job tells. */
export interface Making {
  readonly run: Run;
  readonly facts: GenerationFacts;
  /** It is a result by itself. */
  readonly saves: boolean;
}

/** The jobs inside a script's job: runs one after the other and gathers what they tell. */
export class ScriptJobs {
  readonly #job: OpenedJob;
  readonly #runInner: RunInner;
  readonly #made = new Map<ScriptPicture, Making>();
  readonly faults: Fault[] = [];
  readonly timings: ExtensionTiming[] = [];
  #planned = 1;
  #ended = 0;

  constructor(job: OpenedJob, runInner: RunInner) {
    this.#job = job;
    this.#runInner = runInner;
  }

  plan(jobs: number): void {
    this.#planned = Math.max(1, jobs);
  }

  /** Pictures that are finished, whatever becomes of the script; not those it keeps to itself. */
  get pictures(): readonly GeneratedImage[] {
    return [...this.#made].filter(([, { saves }]) => saves).map(([picture]) => picture as GeneratedImage);
  }

  makingOf(picture: ScriptPicture | undefined): Making | undefined {
    return picture && this.#made.get(picture);
  }

  async run(request: GenerationRequest, { fields = {}, save = true }: ScriptRunOptions = {}): Promise<readonly ScriptPicture[]> {
    const { info, stop, out, onSaving } = this.#job;
    if (info.signal.aborted) throw new HostError('JOB_CANCELLED');
    if (stop() === 'job') return [];
    const { script: _own, ...rest } = request;
    // The script makes its own grids.
    const settings = { ...request.settings, return_grid: false, grid_save: false };
    const options: JobOptions = { signal: info.signal, stop, fields, ...(save && out !== undefined && { out, onSaving }) };
    const { result, run } = await this.#runInner({ ...rest, settings }, { ...options, ...this.#progress() });
    this.#gather(result);
    const { facts } = result;
    if (result.status === 'cancelled' || !run || !facts) throw new HostError('JOB_CANCELLED');
    const pictures = result.images.filter(({ kind }) => kind === 'picture');
    for (const picture of pictures) this.#made.set(picture, { run, facts, saves: save });
    return pictures;
  }

  #gather({ faults, timings, seconds }: GenerationResult): void {
    this.#ended++;
    this.faults.push(...faults);
    this.timings.push(...timings);
    for (const [stage, value] of Object.entries(seconds)) if (stage !== 'total') this.#job.clock.add(stage, value);
  }

  /** What one of them tells, as the share of the whole that it is. */
  #progress(): Pick<JobOptions, 'onProgress'> {
    const { onProgress, info } = this.#job;
    if (!onProgress) return {};
    return {
      onProgress: (progress) => {
        const iteration = this.#ended;
        const iterations = Math.max(this.#planned, iteration + 1);
        onProgress({
          ...progress,
          job: info.id,
          iteration,
          iterations,
          fraction: Math.min(1, (iteration + progress.fraction) / iterations),
        });
      },
    };
  }
}
