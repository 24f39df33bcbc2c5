import { apiHooks } from './api.js';
import { graphHooks } from './graph.js';
import { imageHooks } from './image.js';
import { jobHooks } from './job.js';
import { modelHooks } from './model.js';
import { promptHooks } from './prompt.js';
import { samplingHooks } from './sampling.js';
import { startupHooks } from './startup.js';
import { uiHooks } from './ui.js';

/** Every hook, by phase, in the order in which they speak. Host and documentation are driven by this object. */
export const hookCatalogue = {
  startup: startupHooks,
  model: modelHooks,
  graph: graphHooks,
  prompt: promptHooks,
  sampling: samplingHooks,
  image: imageHooks,
  api: apiHooks,
  ui: uiHooks,
  job: jobHooks,
} as const;

export type HookCatalogue = typeof hookCatalogue;
export type Phase = keyof HookCatalogue;
