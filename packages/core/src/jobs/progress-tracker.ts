import type { Latent, Logger, Raster } from '@armature/sdk';
import type { JobProgress, JobStage } from '../api/index.js';

/** Makes a rough picture of a latent's first row. */
export type PreviewMaker = (latent: Latent) => Raster;

/** Steps of each run of a batch. */
export type PlannedSteps = Readonly<Partial<Record<'first' | 'hires', number>>>;

/** Turns what the stages say into snapshots for the caller. A listener that throws is dropped with a warning; the job goes on. */
export class ProgressTracker {
  readonly #job: string;
  readonly #iterations: number;
  readonly #log: Logger;
  #listener: ((progress: JobProgress) => void) | undefined;
  #stage: JobStage = 'queued';
  #iteration = 0;
  #pass = 0;
  #step = 0;
  #steps = 0;
  #planned: PlannedSteps = {};
  /** Steps of the runs before this one in the batch. */
  #before = 0;
  #firstStepAt = 0;
  #stepsMeasured = 0;
  #latent: Latent | undefined;
  #makePreview: PreviewMaker | undefined;

  constructor(job: string, iterations: number, listener: ((progress: JobProgress) => void) | undefined, log: Logger) {
    this.#job = job;
    this.#iterations = iterations;
    this.#listener = listener;
    this.#log = log;
  }

  /** Whether anybody looks on: previews are made for nobody else. */
  get watched(): boolean {
    return this.#listener !== undefined;
  }

  stage(stage: JobStage): void {
    this.#stage = stage;
    this.#emit();
  }

  /** What every batch of the job will take. */
  plan(steps: PlannedSteps): void {
    this.#planned = steps;
  }

  /** A run of a batch begins to be sampled. */
  sampling(iteration: number, run: keyof PlannedSteps, makePreview: PreviewMaker | undefined): void {
    this.#iteration = iteration;
    this.#step = 0;
    this.#steps = this.#planned[run] ?? 0;
    this.#pass = run === 'hires' ? 1 : 0;
    this.#before = run === 'hires' ? (this.#planned.first ?? 0) : 0;
    this.#makePreview = makePreview;
    this.stage('sampling');
  }

  /** Step `index` (0-based) ended with this estimate of the picture. */
  step(index: number, denoised: Latent): void {
    this.#stage = 'sampling';
    this.#step = index + 1;
    this.#latent = denoised;
    if (this.#stepsMeasured === 0) this.#firstStepAt = performance.now();
    this.#stepsMeasured++;
    this.#emit();
  }

  #eta(): number | undefined {
    if (this.#stepsMeasured < 2) return undefined;
    const perStep = (performance.now() - this.#firstStepAt) / (this.#stepsMeasured - 1);
    const left = (this.#iterations - this.#iteration) * this.#batchSteps - this.#before - this.#step;
    return (perStep * left) / 1000;
  }

  get #batchSteps(): number {
    return (this.#planned.first ?? 0) + (this.#planned.hires ?? 0);
  }

  #emit(): void {
    if (!this.#listener) return;
    const latent = this.#latent;
    const makePreview = this.#makePreview;
    const inBatch = this.#batchSteps === 0 ? 0 : (this.#before + this.#step) / this.#batchSteps;
    try {
      this.#listener({
        job: this.#job,
        stage: this.#stage,
        iteration: this.#iteration,
        iterations: this.#iterations,
        pass: this.#pass,
        passes: this.#planned.hires === undefined ? 1 : 2,
        step: this.#step,
        steps: this.#steps,
        fraction: Math.min(1, (this.#iteration + inBatch) / this.#iterations),
        etaSeconds: this.#eta(),
        preview: () => (latent && makePreview ? makePreview(latent) : undefined),
      });
    } catch (error) {
      this.#listener = undefined;
      this.#log.warn(`The progress listener of job ${this.#job} failed and is not called again: ${String(error)}`);
    }
  }
}
