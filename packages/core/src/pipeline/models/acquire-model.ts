import { type JobModelScope } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type { Job } from '../../jobs/index.js';
import { acquireVae } from './acquire-vae.js';
import type { Engine } from '../engine.js';
import type { LoadedModel } from './loaded-model.js';

/** What a UNet wants to see: the noisy latent alone, with a mask and the unmasked picture, or with the picture to edit. */
export type UnetInputs = 'latent' | 'inpainting' | 'edit';

/** A model as one job holds it. */
export interface JobModel extends LoadedModel {
  /** Base of every hook context from here on. */
  readonly scope: JobModelScope;
  readonly inputs: UnetInputs;
}

/** Name → opened model, which stays open until it is released. @throws HostError MODEL_NOT_FOUND, MODEL_NONE, CKPT_*, VAE_UNFIT */
export async function acquireModel(
  engine: Engine,
  job: Job,
  name: string,
): Promise<{ readonly model: JobModel; release(): Promise<void> }> {
  job.progress.stage('model');
  const { model, release } = await acquireVae(engine, job, await engine.models.acquire(name, engine.generation, job.scope));
  try {
    const scope = Object.freeze({ ...job.scope, model: model.info });
    return { model: Object.freeze({ ...model, scope, inputs: inputsOf(model) }), release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** @throws HostError CKPT_INPUTS for a UNet with an unknown number of input channels */
function inputsOf({ detected, info }: LoadedModel): UnetInputs {
  const found = detected.networks.find(({ name }) => name === 'unet')?.config.inChannels;
  const { channels } = detected.latent;
  if (typeof found !== 'number' || found === channels) return 'latent';
  if (found === 2 * channels + 1) return 'inpainting';
  if (found === 2 * channels) return 'edit';
  throw new HostError('CKPT_INPUTS', { path: info.path, found, expected: `${channels}, ${2 * channels} or ${2 * channels + 1}` });
}
