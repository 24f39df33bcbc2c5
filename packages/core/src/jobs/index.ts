export { type Batch, batchesOf, type Job } from './job.js';
export { JobQueue } from './job-queue.js';
export { type PreviewMaker, ProgressTracker } from './progress-tracker.js';
export { StageClock } from './stage-clock.js';
