import { HostError, isHostError, type JobOutcome } from '@armature/sdk';
import type { GeneratedImage, GenerationResult, RequestInput, RunOptions } from '../api/index.js';
import { batchesOf, type Job } from '../jobs/index.js';
import { acquireModel } from './acquire-model.js';
import { activateTags, liftTags } from './activate-tags.js';
import { admit } from './admit.js';
import { decode } from './decode.js';
import { PromptEncoder } from './encode-prompts.js';
import type { Engine } from './engine.js';
import { finish } from './finish.js';
import { planGraphs } from './plan-graphs.js';
import { planSampling } from './plan-sampling.js';
import type { Run } from './run.js';
import { sample } from './sample.js';

/** Text → pictures. The engine's table of contents: it reads downwards and nothing loops back. */
export async function txt2img(engine: Engine, request: RequestInput, options: RunOptions): Promise<GenerationResult> {
  const job = await admit(engine, request, options);
  const images: GeneratedImage[] = [];
  let outcome: JobOutcome['status'] = 'failed';
  try {
    await generate(engine, job, images);
    outcome = 'done';
  } catch (error) {
    if (!isHostError(error) || error.code !== 'JOB_CANCELLED') throw error;
    outcome = 'cancelled';
  } finally {
    await close(engine, job, outcome);
  }
  return report(engine, job, images, outcome === 'done' ? 'done' : 'cancelled');
}

async function generate(engine: Engine, job: Job, images: GeneratedImage[]): Promise<void> {
  const { clock } = job;
  const model = await clock.time('model', () => acquireModel(engine, job));
  const sampling = await planSampling(engine, job, model);
  await activateTags(engine, job, liftTags(job.prompts).tags);
  const networks = planGraphs(engine, job, model);
  const run: Run = Object.freeze({ job, model, sampling, networks });
  const encoder = new PromptEncoder(engine, run);
  engine.running.add(run, encoder);
  try {
    for (const batch of batchesOf(job)) {
      job.progress.stage('prompt');
      const conditioning = await clock.time('prompt', () => encoder.encode(batch));
      const latent = await clock.time('sample', () => sample(engine, run, batch, conditioning));
      const rasters = await clock.time('decode', () => decode(engine, run, latent));
      images.push(...(await clock.time('finish', () => finish(engine, run, batch, rasters))));
      assertStrict(engine, job);
    }
  } finally {
    engine.running.remove(job.info);
    await networks.release();
  }
}

/** @throws HostError JOB_FAULTED */
function assertStrict(engine: Engine, job: Job): void {
  const { faults } = engine.generation.hooks.ledgerOf(job.info);
  const [first] = faults;
  if (!job.info.request.strict || !first) return;
  throw new HostError('JOB_FAULTED', { count: faults.length, first: `${first.extension} in ${first.hook}: ${first.message}` });
}

/** Always runs: `job.done` speaks, kept tensors are freed. */
async function close(engine: Engine, job: Job, status: JobOutcome['status']): Promise<void> {
  const { hooks } = engine.generation;
  const { faults } = hooks.ledgerOf(job.info);
  const milliseconds = (job.clock.report().total ?? 0) * 1000;
  await hooks.job.done.observe({ status, faults, milliseconds }, job.scope);
  engine.generation.settle(job.info);
  await engine.runtime.releaseOwner(job.info.id);
}

function report(engine: Engine, job: Job, images: readonly GeneratedImage[], status: GenerationResult['status']): GenerationResult {
  const ledger = engine.generation.hooks.ledgerOf(job.info);
  return Object.freeze({
    job: job.info.id,
    status,
    images: Object.freeze([...images]),
    faults: Object.freeze([...ledger.faults]),
    timings: ledger.timings,
    seconds: job.clock.report(),
  });
}
