import type { SchedulerContribution } from '@armature/sdk';
import { alignYourSteps } from './schedulers/align-your-steps.js';
import { beta } from './schedulers/beta.js';
import { ddimUniform } from './schedulers/ddim-uniform.js';
import { exponential } from './schedulers/exponential.js';
import { karras } from './schedulers/karras.js';
import { klOptimal } from './schedulers/kl-optimal.js';
import { normal } from './schedulers/normal.js';
import { polyexponential } from './schedulers/polyexponential.js';
import { sgmUniform } from './schedulers/sgm-uniform.js';
import { simple } from './schedulers/simple.js';
import { tcdScheduler } from './schedulers/tcd.js';
import { uniform } from './schedulers/uniform.js';

/** In the webui's order; that of TCD is ours. `Automatic` is no schedule of its own: it means the sampler's default. */
export const builtinSchedulers: readonly SchedulerContribution[] = Object.freeze([
  uniform,
  karras,
  exponential,
  polyexponential,
  sgmUniform,
  klOptimal,
  alignYourSteps,
  simple,
  normal,
  ddimUniform,
  beta,
  tcdScheduler,
]);
