export type { Engine, RuntimeDoor, RuntimeParts } from './engine.js';
export { ModelStore } from './model-store.js';
export { resolveSettings } from './resolve-settings.js';
export { RunningJobs } from './running-jobs.js';
export { txt2img } from './txt2img.js';
