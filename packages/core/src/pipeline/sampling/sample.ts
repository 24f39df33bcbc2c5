import { Latent, type StepInfo, type Tensor } from '@armature/sdk';
import { viewOf } from '@armature/sdk/internal';
import type { Batch } from '../../jobs/index.js';
import { runSampling, type SamplingInput, type SamplingMoments, stepCount } from '../../sampling/index.js';
import type { Engine } from '../engine.js';
import { assertFinite } from '../images/assert-finite.js';
import type { BatchConditioning } from '../prompts/batch-conditioning.js';
import type { Run, RunModel } from '../run.js';
import { guidanceOptions } from './guidance-options.js';
import { imageNoise } from './image-noise.js';
import { openUnet } from './open-unet.js';
import { createPreviewer, type Previewer } from './previewer.js';
import { refine } from './refine.js';

/** What a run starts from beside noise, and what holds all along. Nothing: text to image. */
export type SampleStart = Pick<SamplingInput, 'init' | 'extraNoise' | 'noiseMultiplier' | 'mask' | 'concat' | 'imageCfgScale'>;

export interface Sampled {
  readonly latent: Latent;
  /** The model that was at work last; it decodes. */
  readonly by: RunModel;
  /** The denoiser call from which on it has been. */
  readonly since: number;
  /** It was left before its last step. */
  readonly stopped: boolean;
}

/** Noise → latent: the only hot loop. @throws HostError JOB_CANCELLED, GRAPH_NAN, RUNTIME_* */
export async function sample(
  engine: Engine,
  run: Run,
  batch: Batch,
  conditioning: BatchConditioning,
  start: SampleStart = {},
): Promise<Sampled> {
  const { job, model, sampling } = run;
  const previewer = createPreviewer(engine, run);
  const denoising = refine(run, batch, { by: run, conditioning, network: await unet(run), since: 0 }, unet);
  const { first, size } = batch;
  engine.running.sample(job.info, { by: () => denoising.active.by, seeds: job.seeds.slice(first, first + size) });
  job.progress.sampling(batch.iteration, run.pass, previewer && ((latent) => previewer.picture(latent)));
  let stopped = false;
  const latent = await runSampling({
    ...sampling,
    ...start,
    noise: imageNoise(engine, run, batch),
    guidance: guidanceOptions(job.settings),
    beforeCall: denoising.beforeCall,
    positive: (call) => denoising.active.conditioning.positive(call),
    negative: (call) => denoising.active.conditioning.negative(call),
    network: (rows) => denoising.active.network(rows),
    moments: moments(engine, run, { previewer, scope: () => denoising.active.by.model.scope }, () => {
      stopped = job.stop() !== undefined;
      return stopped ? 'stop' : undefined;
    }),
    signal: job.info.signal,
  });
  await assertFinite(viewOf(latent), 'The UNet', model.info.path);
  const { by, since } = denoising.active;
  return { latent, by, since, stopped };
}

/** Steps a run reports. */
export const stepsOf = ({ sampling }: Run): number => stepCount(sampling.sampler, sampling.plan.sigmas);

/** The denoiser: rows in, epsilon (or v) out. What else taps have declared stays where it is. */
async function unet(model: RunModel): Promise<SamplingInput['network']> {
  const call = await openUnet(model);
  return async (rows) => {
    const epsilon = (await call(rows, { outputs: ['epsilon'] })).epsilon as Tensor;
    return new Latent(viewOf(epsilon), epsilon.shape);
  };
}

interface Watched {
  readonly previewer: Previewer | undefined;
  /** That of the model at work: a refiner's, once it has taken over. */
  readonly scope: () => Run['model']['scope'];
}

function moments(engine: Engine, { job, model }: Run, { previewer, scope }: Watched, stop: () => 'stop' | undefined): SamplingMoments {
  const { sampling } = engine.generation.hooks;
  const ledger = engine.generation.hooks.ledgerOf(job.info);
  const at = (step: StepInfo) => ({ ...scope(), step });
  return {
    async feeds(value, step) {
      ledger.step = step.index;
      return sampling.feeds.tapped ? sampling.feeds.transform(value, at(step)) : value;
    },
    wrapDenoiser: (inner) => (sampling.denoiser.tapped ? sampling.denoiser.wrap(inner, model.scope) : inner),
    prediction: async (value, step) => (sampling.prediction.tapped ? sampling.prediction.transform(value, at(step)) : value),
    guidance: async (question, step) => (sampling.guidance.tapped ? sampling.guidance.first(question, at(step)) : undefined),
    guided: async (latent, step) => (sampling.guided.tapped ? sampling.guided.transform(latent, at(step)) : latent),
    blend: async (latent, facts, step) => (sampling.blend.tapped ? sampling.blend.transform(latent, { ...at(step), ...facts }) : latent),
    noise: async (latent, purpose) => (sampling.noise.tapped ? sampling.noise.transform(latent, { ...model.scope, purpose }) : latent),
    step: async (report, step) => {
      if (sampling.step.tapped) await sampling.step.observe(report, at(step));
      await previewer?.step(step.index, report.denoised);
      job.progress.step(step.index, report.denoised);
      return stop();
    },
  };
}
