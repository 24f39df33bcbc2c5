import { isHostError, type JobOutcome } from '@armature/sdk';
import type { GeneratedImage, GenerationResult, RequestInput } from '../api/index.js';
import { batchesOf, type Job, type OpenedJob } from '../jobs/index.js';
import { acquireModel } from './acquire-model.js';
import { activateTags, liftTags } from './activate-tags.js';
import { admit } from './admit.js';
import { assertFits } from './assert-fits.js';
import { assertStrict } from './assert-strict.js';
import { decode } from './decode.js';
import { describeImage } from './describe-image.js';
import { PromptEncoder } from './encode-prompts.js';
import type { Engine } from './engine.js';
import { finish } from './finish/finish.js';
import { type JobOptions, openJob } from './open-job.js';
import { planGraphs } from './plan-graphs.js';
import { planSampling } from './plan-sampling.js';
import type { Run } from './run.js';
import { sample } from './sample.js';

/** Text → pictures. The engine's table of contents: it reads downwards and nothing loops back. */
export async function txt2img(engine: Engine, request: RequestInput, options: JobOptions): Promise<GenerationResult> {
  const opened = await openJob(engine, request, options);
  const images: GeneratedImage[] = [];
  let outcome: JobOutcome['status'] = 'failed';
  try {
    const job = await admit(engine, opened);
    await takeTurn(engine, job, images);
    outcome = 'done';
  } catch (error) {
    if (!isCancellation(error) || !options.signal.aborted) throw error;
    outcome = 'cancelled';
  } finally {
    await close(engine, opened, outcome);
  }
  return report(engine, opened, images, outcome);
}

async function takeTurn(engine: Engine, job: Job, images: GeneratedImage[]): Promise<void> {
  job.progress.stage('queued');
  const queued = performance.now();
  await engine.turn(async () => {
    job.clock.add('queued', (performance.now() - queued) / 1000);
    await generate(engine, job, images);
  }, job.info.signal);
}

async function generate(engine: Engine, job: Job, images: GeneratedImage[]): Promise<void> {
  // It starts while the model's file is read; whoever needs it first is told if it cannot.
  engine.runtime.open().catch(() => undefined);
  const { model, release } = await job.clock.time('model', () => acquireModel(engine, job));
  try {
    const sampling = await planSampling(engine, job, model);
    assertFits(engine, job, model);
    await activateTags(engine, job, liftTags(job.prompts).tags);
    const networks = planGraphs(engine, job, model);
    try {
      await generateBatches(engine, Object.freeze({ job, model, sampling, networks }), images);
    } finally {
      await networks.release();
    }
  } finally {
    await release();
  }
}

async function generateBatches(engine: Engine, run: Run, images: GeneratedImage[]): Promise<void> {
  const { job } = run;
  const { clock } = job;
  const encoder = new PromptEncoder(engine, run);
  engine.running.add(run, encoder);
  try {
    for (const batch of batchesOf(job)) {
      job.progress.stage('prompt');
      const conditioning = await clock.time('prompt', () => encoder.encode(batch));
      assertStrict(engine, job);
      const latent = await clock.time('sample', () => sample(engine, run, batch, conditioning));
      assertStrict(engine, job);
      const rasters = await clock.time('decode', () => decode(engine, run, latent));
      const describe = (index: number) => describeImage(run, index, engine.version, conditioning);
      await clock.time('finish', async () => {
        for await (const image of finish(engine, run, batch, { rasters, describe })) images.push(image);
      });
      assertStrict(engine, job);
    }
  } finally {
    engine.running.remove(job.info);
  }
}

const isCancellation = (error: unknown): boolean => isHostError(error) && error.code === 'JOB_CANCELLED';

/** Always runs, and never hides how the job ended: `job.done` speaks, kept tensors are freed. */
async function close(engine: Engine, job: OpenedJob, status: JobOutcome['status']): Promise<void> {
  const { hooks } = engine.generation;
  const { faults } = hooks.ledgerOf(job.info);
  const milliseconds = (job.clock.report().total ?? 0) * 1000;
  await hooks.job.done.observe({ status, faults, milliseconds }, job.scope);
  engine.generation.settle(job.info);
  await engine.runtime.releaseOwner(job.info.id);
}

function report(
  engine: Engine,
  job: OpenedJob,
  images: readonly GeneratedImage[],
  status: Exclude<JobOutcome['status'], 'failed'>,
): GenerationResult {
  const ledger = engine.generation.hooks.ledgerOf(job.info);
  return Object.freeze({
    job: job.info.id,
    status,
    images: Object.freeze([...images]),
    faults: ledger.faults,
    timings: ledger.timings,
    seconds: job.clock.report(),
  });
}
