import type { SchedulerContribution } from '@armature/sdk';
import { exponential } from './schedulers/exponential.js';
import { karras } from './schedulers/karras.js';
import { sgmUniform } from './schedulers/sgm-uniform.js';
import { uniform } from './schedulers/uniform.js';

/** In the webui's order. `Automatic` is no schedule of its own: it means the sampler's default. */
export const builtinSchedulers: readonly SchedulerContribution[] = Object.freeze([uniform, karras, exponential, sgmUniform]);
