import { type DetectedModel } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { describeKeys, SwappedModule, vaeKeys } from '../../checkpoint/index.js';
import type { Job } from '../../jobs/index.js';
import type { Engine } from '../engine.js';
import type { LoadedModel, ModelVae } from './loaded-model.js';
import type { ModelLease } from './model-store.js';
import type { VaeFile } from './vae-file.js';

/**
 * The model with the VAE that the job's settings call for; both are given back together. When it fails, the model is given
 * back. @throws HostError MODEL_NOT_FOUND, VAE_UNFIT, CKPT_*
 */
export async function acquireVae(engine: Engine, job: Job, lease: ModelLease): Promise<ModelLease> {
  try {
    const vae = await engine.models.vaes.acquire(lease.path, job.settings);
    if (!vae) return lease;
    try {
      const model = await withVae(engine, lease.model, vae.file);
      return {
        model,
        path: lease.path,
        async release() {
          await vae.release();
          await lease.release();
        },
      };
    } catch (error) {
      await vae.release();
      throw error;
    }
  } catch (error) {
    await lease.release();
    throw error;
  }
}

/** The family looks at the joined weights, so that the VAE may have dimensions of its own. */
async function withVae(engine: Engine, model: LoadedModel, file: VaeFile): Promise<LoadedModel> {
  const weights = await file.weights;
  const unfit = (problem: string): never => {
    throw new HostError('VAE_UNFIT', { path: file.path, model: model.info.name, problem });
  };
  const prefix =
    model.detected.networks.find(({ name }) => name === 'vae-decoder')?.weightPrefix ?? unfit('the model has no VAE of its own');
  const names = vaeKeys(weights.keys);
  if (!names.has('decoder.conv_in.weight'))
    unfit(`it looks like ${describeKeys(weights.keys)?.what ?? 'nothing known'}, not a VAE in this layout`);
  const joined = new SwappedModule(model.weights, prefix, weights, names);
  const family = engine.generation.registry.find('modelFamily', model.detected.family)?.value;
  const detected: DetectedModel = (await family?.detect(joined, model.sidecar)) ?? unfit(`family ${model.detected.family} does not know it`);
  const [wanted, found] = [model.detected.latent, detected.latent];
  if (wanted.channels !== found.channels || wanted.downscale !== found.downscale) {
    const shown = ({ channels, downscale }: typeof wanted) => `${channels} channels at 1/${downscale}`;
    unfit(`its latent has ${shown(found)}, the model's ${shown(wanted)}`);
  }
  const vae: ModelVae = Object.freeze({
    name: file.name,
    path: file.path,
    hash: file.hash,
    weightsId: weights.weightsId,
    file: weights,
    prefix,
    weights: joined,
  });
  return Object.freeze({ ...model, detected, vae });
}
