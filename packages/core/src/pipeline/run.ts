import type { Job } from '../jobs/index.js';
import type { JobModel } from './acquire-model.js';
import type { JobNetworks } from './plan-graphs.js';
import type { JobSampling } from './plan-sampling.js';

/** A job whose model, sampling and networks are settled: what the stages of every batch read. */
export interface Run {
  readonly job: Job;
  readonly model: JobModel;
  readonly sampling: JobSampling;
  readonly networks: JobNetworks;
}
