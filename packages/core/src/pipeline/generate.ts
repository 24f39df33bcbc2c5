import { type Fault, isHostError } from '@armature/sdk';
import type { ExtensionTiming, GeneratedImage, GenerationFacts, GenerationResult } from '../api/index.js';
import { type Batch, batchesOf, type Job } from '../jobs/index.js';
import { assertStrict } from './assert-strict.js';
import { factsOf } from './describe/facts-of.js';
import type { Engine } from './engine.js';
import { type DecodedBatch, finish } from './finish/finish.js';
import { finishExtras } from './finish/finish-extras.js';
import { finishGrid } from './finish/finish-grid.js';
import { img2img } from './img2img.js';
import { LeaseStack } from './lease-stack.js';
import type { Run } from './run.js';
import { txt2img } from './txt2img.js';

/** A job whose models are open and whose runs are planned: makes one batch after the other. */
export interface PreparedJob {
  /** The run every job has. */
  readonly first: Run;
  /** The run whose pictures are finished: the last of a batch. */
  readonly run: Run;
  batch(batch: Batch): Promise<DecodedBatch>;
}

/** What a job has made so far. */
export interface Made {
  readonly images: GeneratedImage[];
  facts: GenerationFacts | undefined;
  answer: GenerationResult['answer'];
  /** The run its pictures were finished by. */
  run: Run | undefined;
  /** Of the jobs inside it, where a script has run some. */
  readonly faults: Fault[];
  readonly timings: ExtensionTiming[];
}

/** The pictures of an admitted job, batch by batch; finished ones are in `made` whatever comes after. */
export async function generate(engine: Engine, job: Job, made: Made): Promise<void> {
  const { images } = made;
  // It starts while the model's file is read; whoever needs it first is told if it cannot.
  engine.runtime.open().catch(() => undefined);
  const held = new LeaseStack(engine.log);
  try {
    const { init } = job.info.request;
    const prepared = init ? await img2img(engine, job, init, held) : await txt2img(engine, job, held);
    made.run = prepared.run;
    try {
      await makeBatches(engine, job, prepared, images);
      made.facts = await factsOf(prepared.first);
    } catch (error) {
      made.facts = await factsOf(prepared.first, 'known');
      // As in the reference what was finished before a job is stopped comes as a grid too; the job's end is told all the same.
      const tell = (problem: unknown): void => engine.log.warn(`the grid of a stopped job could not be made: ${String(problem)}`);
      if (isHostError(error) && error.code === 'JOB_CANCELLED') await addGrid(engine, prepared.run, images).catch(tell);
      throw error;
    }
    await addGrid(engine, prepared.run, images);
    images.push(...(await finishExtras(engine, prepared.run)));
  } finally {
    engine.running.remove(job.info);
    await held.release();
  }
}

async function makeBatches(engine: Engine, job: Job, prepared: PreparedJob, images: GeneratedImage[]): Promise<void> {
  for (const batch of batchesOf(job)) {
    if (job.stop() === 'job') return;
    const decoded = await prepared.batch(batch);
    await job.clock.time('finish', async () => {
      for await (const image of finish(engine, prepared.run, batch, decoded)) images.push(image);
    });
    assertStrict(engine, job);
  }
}

async function addGrid(engine: Engine, run: Run, images: GeneratedImage[]): Promise<void> {
  const grid = await run.job.clock.time('finish', () => finishGrid(engine, run, images));
  if (grid) images.unshift(grid);
}
