import type { Batch, Job } from '../jobs/index.js';
import { describeImage } from './describe/describe-image.js';
import type { Engine } from './engine.js';
import type { DecodedBatch } from './finish/finish.js';
import type { PreparedJob } from './generate.js';
import { encodeHiresFirst } from './hires/encode-hires-first.js';
import { type HiresRun, prepareHires } from './hires/prepare-hires.js';
import { runHires } from './hires/run-hires.js';
import { decodeBatch } from './images/decode.js';
import { conditionOnNothing } from './init/image-conditioning.js';
import type { LeaseStack } from './lease-stack.js';
import { prepareFirstRun } from './prepare-first-run.js';
import { activateTags, liftTags } from './prompts/activate-tags.js';
import type { Run } from './run.js';
import { denoise } from './sampling/denoise.js';
import { type SampleStart, stepsOf } from './sampling/sample.js';

/** Text → pictures; with hires fix in two runs of the same line. */
export async function txt2img(engine: Engine, job: Job, held: LeaseStack): Promise<PreparedJob> {
  const first = await prepareFirstRun(engine, job, held);
  const hires = await prepareHires(engine, first, held);
  job.progress.plan({ first: stepsOf(first), ...(hires && { hires: stepsOf(hires.run) }) });
  await activateTags(engine, job, liftTags(job.prompts).tags);
  const runs = { first, hires, start: { concat: await conditionOnNothing(first) } };
  return { first, run: hires?.run ?? first, batch: (batch) => makeBatch(engine, runs, batch) };
}

interface Runs {
  readonly first: Run;
  readonly hires: HiresRun | undefined;
  readonly start: SampleStart;
}

async function makeBatch(engine: Engine, { first, hires, start }: Runs, batch: Batch): Promise<DecodedBatch> {
  const encoded = hires && (await encodeHiresFirst(engine, hires, batch));
  const made = await denoise(engine, first, batch, start);
  const again = hires && !made.stopped && (await runHires(engine, hires, batch, made, encoded));
  const rasters = await decodeBatch(engine, again || made);
  const described = { first: made, hires: again ? { ...again, size: hires.size } : undefined, maskEmpty: false };
  const incomplete = made.stopped || (again ? again.stopped : false);
  return { rasters, incomplete, describe: (index) => describeImage(engine, described, index) };
}
