import type { InitRequest } from '@armature/sdk';
import type { Batch, Job } from '../jobs/index.js';
import { describeImage } from './describe/describe-image.js';
import type { Engine } from './engine.js';
import type { DecodedBatch } from './finish/finish.js';
import type { PreparedJob } from './generate.js';
import { decodeBatch } from './images/decode.js';
import { type PreparedInit, prepareInit } from './init/prepare-init.js';
import type { LeaseStack } from './lease-stack.js';
import { prepareFirstRun } from './prepare-first-run.js';
import { activateTags, liftTags } from './prompts/activate-tags.js';
import type { Run } from './run.js';
import { denoise } from './sampling/denoise.js';
import { stepsOf } from './sampling/sample.js';

/** Pictures and text → pictures: the line of text to image with `encodeImage` before sampling. */
export async function img2img(engine: Engine, job: Job, wanted: InitRequest, held: LeaseStack): Promise<PreparedJob> {
  const run = await prepareFirstRun(engine, job, held);
  job.progress.plan({ first: stepsOf(run) });
  await activateTags(engine, job, liftTags(job.prompts).tags);
  job.progress.stage('encode');
  const init = await job.clock.time('encode', () => prepareInit(engine, run, wanted));
  return { first: run, run, batch: (batch) => makeBatch(engine, run, batch, init) };
}

async function makeBatch(engine: Engine, run: Run, batch: Batch, init: PreparedInit): Promise<DecodedBatch> {
  const made = await denoise(engine, run, batch, init.start);
  const rasters = await decodeBatch(engine, made);
  const described = { first: made, hires: undefined, maskEmpty: init.maskEmpty };
  return { rasters, incomplete: made.stopped, describe: (index) => describeImage(engine, described, index), composite: init.composite };
}
