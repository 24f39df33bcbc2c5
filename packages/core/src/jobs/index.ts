export { type Batch, batchesOf, type Job, type OpenedJob } from './job.js';
export { JobQueue } from './job-queue.js';
export { JobSignals } from './job-signals.js';
export { type PreviewMaker, ProgressTracker } from './progress-tracker.js';
export { StageClock } from './stage-clock.js';
