import { HostError, type JobModelScope } from '@armature/sdk';
import type { Job } from '../jobs/index.js';
import type { Engine } from './engine.js';
import type { LoadedModel } from './loaded-model.js';

/** A model as one job holds it. */
export interface JobModel extends LoadedModel {
  /** Base of every hook context from here on. */
  readonly scope: JobModelScope;
}

/** Name → opened model, which stays open until it is released. @throws HostError MODEL_NOT_FOUND, MODEL_NONE, CKPT_* */
export async function acquireModel(engine: Engine, job: Job): Promise<{ readonly model: JobModel; release(): Promise<void> }> {
  job.progress.stage('model');
  const name = job.info.request.model || job.settings.sd_model_checkpoint;
  const { model, release } = await engine.models.acquire(name, engine.generation, job.scope);
  try {
    assertLatentInput(model);
  } catch (error) {
    await release();
    throw error;
  }
  return { model: Object.freeze({ ...model, scope: Object.freeze({ ...job.scope, model: model.info }) }), release };
}

/** Checkpoints whose UNet wants more than the noisy latent need a picture to start from. @throws HostError CKPT_INPUTS */
function assertLatentInput({ detected, info }: LoadedModel): void {
  const found = detected.networks.find(({ name }) => name === 'unet')?.config.inChannels;
  const expected = detected.latent.channels;
  if (typeof found === 'number' && found !== expected) throw new HostError('CKPT_INPUTS', { path: info.path, found, expected });
}
