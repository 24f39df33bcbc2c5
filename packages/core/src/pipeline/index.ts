export type { Engine, RuntimeDoor, RuntimeParts } from './engine.js';
export { ModelStore } from './model-store.js';
export { resolveSettings } from './resolve-settings.js';
export { runJob } from './run-job.js';
export { RunningJobs } from './running-jobs.js';
