import type { Job } from '../jobs/index.js';
import type { JobModel } from './models/acquire-model.js';
import type { JobNetworks } from './models/plan-graphs.js';
import type { PromptEncoder } from './prompts/encode-prompts.js';
import type { JobSampling } from './sampling/plan-sampling.js';

/** Width and height in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** A model with its networks and the prompts encoded for it. */
export interface RunModel {
  readonly job: Job;
  readonly model: JobModel;
  readonly networks: JobNetworks;
  readonly encoder: PromptEncoder;
}

/** One run of the line for every batch of a job: what is sampled with what, and at which size. */
export interface Run extends RunModel {
  readonly pass: 'first' | 'hires';
  readonly sampling: JobSampling;
  readonly size: PictureSize;
  /** Takes over while sampling. */
  readonly refiner: Refiner | undefined;
}

export interface Refiner extends RunModel {
  /** Share of the run after which it takes over, 0…1. */
  readonly switchAt: number;
}
