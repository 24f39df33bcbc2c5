import { Latent, type Tensor } from '@armature/sdk';
import { viewOf } from '@armature/sdk/internal';
import type { RunModel } from '../run.js';
import { assertFinite } from './assert-finite.js';

/**
 * A picture, [1, 3, height, width] of −1…1, → the mean of the posterior, [1, channels, height / 8, width / 8] rounded down,
 * in the sampler's scale (`get_first_stage_encoding`). `scaled: false`: as the encoder gives it (`.mode()`).
 * @throws HostError GRAPH_NAN, JOB_CANCELLED, RUNTIME_*
 */
export async function encodeImage(
  { job, model, networks }: Pick<RunModel, 'job' | 'model' | 'networks'>,
  planes: Tensor,
  { scaled = true }: { readonly scaled?: boolean } = {},
): Promise<Latent> {
  const session = await networks.session('vae-encoder');
  const { outputs } = await session.run({ image: [planes] }, { signal: job.info.signal });
  const moments = viewOf(outputs.moments as Tensor);
  await assertFinite(moments, 'The VAE encoder', model.info.path);
  const [, both = 0, height = 0, width = 0] = (outputs.moments as Tensor).shape;
  const mean = new Latent(moments.subarray(0, moments.length / 2), [1, both / 2, height, width]);
  return scaled ? mean.scale(model.detected.latent.scale) : mean;
}
