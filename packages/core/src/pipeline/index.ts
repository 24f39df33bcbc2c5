export { checkRequest } from './admit/read-request.js';
export { resolveSettings } from './admit/resolve-settings.js';
export type { Engine, RuntimeDoor, RuntimeParts } from './engine.js';
export { runExtras } from './extras/run-extras.js';
export { listUpscalers } from './images/list-upscalers.js';
export { ModelStore } from './models/model-store.js';
export { runPreprocessor } from './preprocess/run-preprocessor.js';
export { runJob } from './run-job.js';
export { RunningJobs } from './running-jobs.js';
