import type { SamplerContribution } from '@armature/sdk';
import { ddim } from './samplers/ddim.js';
import { ddimCfgpp } from './samplers/ddim-cfgpp.js';
import { ddpm } from './samplers/ddpm.js';
import { dpmAdaptive } from './samplers/dpm-adaptive.js';
import { dpmFast } from './samplers/dpm-fast.js';
import { dpm2 } from './samplers/dpm2.js';
import { dpm2Ancestral } from './samplers/dpm2-ancestral.js';
import { dpmpp2m } from './samplers/dpmpp-2m.js';
import { dpmpp2mSde } from './samplers/dpmpp-2m-sde.js';
import { dpmpp2mSdeHeun } from './samplers/dpmpp-2m-sde-heun.js';
import { dpmpp2sAncestral } from './samplers/dpmpp-2s-ancestral.js';
import { dpmpp3mSde } from './samplers/dpmpp-3m-sde.js';
import { dpmppSde } from './samplers/dpmpp-sde.js';
import { euler } from './samplers/euler.js';
import { eulerAncestral } from './samplers/euler-ancestral.js';
import { heun } from './samplers/heun.js';
import { lcm } from './samplers/lcm.js';
import { lms } from './samplers/lms.js';
import { plms } from './samplers/plms.js';
import { restart } from './samplers/restart.js';
import { tcd } from './samplers/tcd.js';
import { uniPc } from './samplers/uni-pc.js';

/** In the webui's order; TCD and DDPM are ours. */
export const builtinSamplers: readonly SamplerContribution[] = Object.freeze([
  dpmpp2m,
  dpmppSde,
  dpmpp2mSde,
  dpmpp2mSdeHeun,
  dpmpp2sAncestral,
  dpmpp3mSde,
  eulerAncestral,
  euler,
  lms,
  heun,
  dpm2,
  dpm2Ancestral,
  dpmFast,
  dpmAdaptive,
  restart,
  ddim,
  ddimCfgpp,
  plms,
  uniPc,
  lcm,
  tcd,
  ddpm,
]);
