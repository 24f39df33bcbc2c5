import { Latent, type StepInfo, Tensor } from '@armature/sdk';
import { viewOf } from '@armature/sdk/internal';
import type { Batch } from '../jobs/index.js';
import { type ImageNoise, runSampling, type SamplingInput, type SamplingMoments, stepCount } from '../sampling/index.js';
import { assertFinite } from './assert-finite.js';
import type { BatchConditioning } from './batch-conditioning.js';
import type { Engine } from './engine.js';
import { guidanceOptions } from './guidance-fields.js';
import { previewLatent } from './linear-preview.js';
import type { Run } from './run.js';

/** Noise → latent: the only hot loop. @throws HostError JOB_CANCELLED, GRAPH_NAN, RUNTIME_* */
export async function sample(engine: Engine, run: Run, batch: Batch, conditioning: BatchConditioning): Promise<Latent> {
  const { job, model, sampling } = run;
  const preview = job.settings.live_previews_enable ? (latent: Latent) => previewLatent(latent, model.preview) : undefined;
  const network = await unet(run);
  job.progress.sampling(batch.iteration, stepCount(sampling.sampler, sampling.plan.sigmas), preview);
  const latent = await runSampling({
    ...sampling,
    noise: batchNoise(engine, run, batch),
    guidance: guidanceOptions(job.settings),
    positive: (call) => conditioning.positive(call),
    negative: (call) => conditioning.negative(call),
    network,
    moments: moments(engine, run),
    signal: job.info.signal,
  });
  await assertFinite(viewOf(latent), 'The UNet', model.info.path);
  return engine.generation.hooks.sampling.done.transform(latent, model.scope);
}

function batchNoise(engine: Engine, { job, model }: Run, batch: Batch): ImageNoise {
  const { request } = job.info;
  const { channels, downscale } = model.detected.latent;
  const end = batch.first + batch.size;
  return engine.imageNoise({
    source: job.settings.randn_source,
    shape: [channels, Math.floor(request.height / downscale), Math.floor(request.width / downscale)],
    seeds: job.seeds.slice(batch.first, end),
    subseeds: job.subseeds.slice(batch.first, end),
    subseedStrength: request.subseedStrength,
    seedResizeFrom: { width: request.seedResizeFromWidth, height: request.seedResizeFromHeight },
    seedDelta: job.settings.eta_noise_seed_delta,
  });
}

/** The raw network: rows in, epsilon (or v) out. */
async function unet({ job, networks }: Run): Promise<SamplingInput['network']> {
  const session = await networks.session('unet');
  return async ({ latent, timestep, conditioning, inputs }) => {
    const { outputs } = await session.run(
      {
        ...inputs,
        latent: [latent],
        timestep: [new Tensor(new Array(latent.batch).fill(timestep), [latent.batch])],
        context: [conditioning.crossAttention],
      },
      { signal: job.info.signal, owner: job.info.id },
    );
    const epsilon = outputs.epsilon as Tensor;
    return new Latent(viewOf(epsilon), epsilon.shape);
  };
}

function moments(engine: Engine, { job, model }: Run): SamplingMoments {
  const { sampling } = engine.generation.hooks;
  const ledger = engine.generation.hooks.ledgerOf(job.info);
  const at = (step: StepInfo) => ({ ...model.scope, step });
  return {
    async feeds(value, step) {
      ledger.step = step.index;
      return sampling.feeds.tapped ? sampling.feeds.transform(value, at(step)) : value;
    },
    wrapDenoiser: (inner) => (sampling.denoiser.tapped ? sampling.denoiser.wrap(inner, model.scope) : inner),
    prediction: async (value, step) => (sampling.prediction.tapped ? sampling.prediction.transform(value, at(step)) : value),
    guidance: async (question, step) => (sampling.guidance.tapped ? sampling.guidance.first(question, at(step)) : undefined),
    guided: async (latent, step) => (sampling.guided.tapped ? sampling.guided.transform(latent, at(step)) : latent),
    noise: async (latent, purpose) => (sampling.noise.tapped ? sampling.noise.transform(latent, { ...model.scope, purpose }) : latent),
    step: async (report, step) => {
      if (sampling.step.tapped) await sampling.step.observe(report, at(step));
      job.progress.step(step.index, report.denoised);
    },
  };
}
