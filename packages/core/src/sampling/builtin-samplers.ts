import type { SamplerContribution } from '@armature/sdk';
import { ddim } from './samplers/ddim.js';
import { dpmpp2m } from './samplers/dpmpp-2m.js';
import { dpmpp2mSde } from './samplers/dpmpp-2m-sde.js';
import { euler } from './samplers/euler.js';
import { eulerAncestral } from './samplers/euler-ancestral.js';

/** In the webui's order. */
export const builtinSamplers: readonly SamplerContribution[] = Object.freeze([dpmpp2m, dpmpp2mSde, eulerAncestral, euler, ddim]);
