import type { Raster } from '@armature/sdk';

/** `queued` until the job's turn comes; the others in this order, those from `prompt` to `finish` again for each batch. `encode`: given pictures, or those of a first run, become latents. `graph`: a network is emitted. */
export type JobStage = 'queued' | 'model' | 'encode' | 'prompt' | 'graph' | 'sampling' | 'decode' | 'finish';

/** A snapshot of a job that waits or runs. */
export interface JobProgress {
  readonly job: string;
  readonly stage: JobStage;
  /** 0-based batch of the job. */
  readonly iteration: number;
  readonly iterations: number;
  /** 0-based run of this batch, and how many a batch has: two with hires fix. */
  readonly pass: number;
  readonly passes: number;
  /** Sampler steps done and planned in this batch. */
  readonly step: number;
  readonly steps: number;
  /** Share of the whole job, 0…1. */
  readonly fraction: number;
  /** Seconds of sampling to go, once two steps were measured. */
  readonly etaSeconds: number | undefined;
  /** A rough picture of the batch's first image, one pixel a latent cell; made when it is called. Undefined before the first step. */
  preview(): Raster | undefined;
}
