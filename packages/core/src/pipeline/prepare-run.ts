import type { PromptText, RefinerRequest } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type { Job } from '../jobs/index.js';
import type { Engine } from './engine.js';
import type { LeaseStack } from './lease-stack.js';
import { acquireModel, type JobModel } from './models/acquire-model.js';
import { assertFits } from './models/assert-fits.js';
import { planGraphs } from './models/plan-graphs.js';
import { PromptEncoder } from './prompts/encode-prompts.js';
import type { PictureSize, Refiner, Run, RunModel } from './run.js';
import { planSampling, type SamplingWish } from './sampling/plan-sampling.js';

/** What one run of the line is asked for. */
export interface RunWish extends SamplingWish {
  readonly pass: Run['pass'];
  /** Checkpoint by name; a run before it may have opened it already. */
  readonly model: string | JobModel;
  readonly size: PictureSize;
  /** The size that families tell their UNet, where it is another. */
  readonly toldSize?: PictureSize;
  /** One for each picture of the job. */
  readonly prompts: readonly PromptText[];
  /** Denoiser calls of the run before this one, which prompt schedules count on. */
  readonly callsBefore: number;
  readonly refiner: RefinerRequest | undefined;
}

/**
 * Opens the checkpoints of a run and plans it; networks are loaded when they are first needed.
 * @throws HostError MODEL_*, CKPT_*, VAE_*, SAMPLER_UNKNOWN, SCHEDULER_UNKNOWN, RUNTIME_MEMORY
 */
export async function prepareRun(engine: Engine, job: Job, wish: RunWish, held: LeaseStack): Promise<Run> {
  const model = typeof wish.model === 'string' ? await openModel(engine, job, wish.model, held) : wish.model;
  const sampling = await planSampling(engine, job, model, wish);
  // Positive and negative rows run together, at any guidance; pictures are decoded one at a time.
  const rows = { unet: 2 * job.info.request.batchSize, 'vae-decoder': 1 };
  assertFits(engine, model, { size: wish.size, settings: job.settings, rows });
  const parts = {
    prompts: wish.prompts,
    size: wish.toldSize ?? wish.size,
    span: { steps: sampling.promptCalls, before: wish.callsBefore },
  };
  return Object.freeze({
    pass: wish.pass,
    ...ready(engine, job, model, held, parts),
    sampling,
    size: wish.size,
    refiner: wish.refiner && (await openRefiner(engine, job, wish.refiner, { model, held, parts })),
  });
}

async function openModel(engine: Engine, job: Job, name: string, held: LeaseStack): Promise<JobModel> {
  const { model, release } = await job.clock.time('model', () => acquireModel(engine, job, name));
  held.hold(release);
  return model;
}

interface PromptParts {
  readonly prompts: readonly PromptText[];
  readonly size: PictureSize;
  readonly span: { readonly steps: number; readonly before: number };
}

function ready(engine: Engine, job: Job, model: JobModel, held: LeaseStack, parts: PromptParts): RunModel {
  const networks = planGraphs(engine, job, model);
  held.hold(() => networks.release());
  return { job, model, networks, encoder: new PromptEncoder(engine, { job, model, networks, ...parts }) };
}

/** As in the reference a refiner that is the run's own checkpoint changes nothing. */
async function openRefiner(
  engine: Engine,
  job: Job,
  { model: name, switchAt }: RefinerRequest,
  base: { readonly model: JobModel; readonly held: LeaseStack; readonly parts: PromptParts },
): Promise<Refiner | undefined> {
  const model = await openModel(engine, job, name, base.held);
  if (model.info.weightsId === base.model.info.weightsId) return undefined;
  if (model.inputs !== 'latent' && model.inputs !== base.model.inputs) {
    const problem = `takes over only from a checkpoint of its own kind (${model.inputs}); ${base.model.info.name} is none`;
    throw new HostError('REQUEST_INVALID', { field: 'refiner.model', problem, seen: name });
  }
  return Object.freeze({ ...ready(engine, job, model, base.held, base.parts), switchAt });
}
