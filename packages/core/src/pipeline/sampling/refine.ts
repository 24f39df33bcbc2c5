import type { Batch } from '../../jobs/index.js';
import { type CallLevel, refinerRatio, type SamplingInput } from '../../sampling/index.js';
import type { BatchConditioning } from '../prompts/batch-conditioning.js';
import type { Run, RunModel } from '../run.js';

/** The model that denoises at the moment, and what the batch is conditioned on for it. */
export interface ActiveModel {
  readonly by: RunModel;
  readonly conditioning: BatchConditioning;
  readonly network: SamplingInput['network'];
  /** The denoiser call from which on it has been at work. */
  readonly since: number;
}

export interface Denoising {
  /** Changes at most once a run. */
  readonly active: ActiveModel;
  readonly beforeCall: SamplingInput['beforeCall'];
}

/**
 * Lets the refiner take over for good at the first denoiser call that has come far enough (`apply_refiner`): prompts are
 * encoded again by its own text encoder, the sampler's memory of earlier steps stays.
 */
export function refine(
  run: Run,
  batch: Batch,
  first: ActiveModel,
  open: (model: RunModel) => Promise<SamplingInput['network']>,
): Denoising {
  const { refiner, sampling, job } = run;
  if (!refiner) return { active: first, beforeCall: undefined };
  const calls = sampling.plan.steps * (sampling.sampler.secondOrder ? 2 : 1);
  const denoising = {
    active: first,
    async beforeCall(at: CallLevel): Promise<void> {
      if (denoising.active !== first) return;
      const done = job.settings.refiner_switch_by_sample_steps ? at.call / calls : refinerRatio(at, sampling);
      if (done < refiner.switchAt) return;
      denoising.active = { by: refiner, conditioning: await refiner.encoder.encode(batch), network: await open(refiner), since: at.call };
    },
  };
  return denoising;
}
