import { Latent, type Tensor } from '@armature/sdk';
import { viewOf } from '@armature/sdk/internal';
import type { RunModel } from '../run.js';
import { assertFinite } from './assert-finite.js';
import { inTiles } from './in-tiles.js';
import { vaeTile } from './vae-tile.js';

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
  const { downscale } = model.detected.latent;
  const session = await networks.session('vae-encoder');
  const encode = async (image: Tensor): Promise<Tensor> => {
    const { outputs } = await session.run({ image: [image] }, { signal: job.info.signal });
    await assertFinite(viewOf(outputs.moments as Tensor), 'The VAE encoder', model.info.path);
    return outputs.moments as Tensor;
  };
  const [, , high = 0, wide = 0] = planes.shape;
  const network = model.detected.networks.find(({ name }) => name === 'vae-encoder');
  const tile = vaeTile(job.settings, network, { width: wide, height: high }, networks.budgetBytes);
  const encoded = tile ? await inTiles(planes, { side: tile, scale: 1 / downscale, work: encode }) : await encode(planes);
  const moments = viewOf(encoded);
  const [, both = 0, height = 0, width = 0] = encoded.shape;
  const mean = new Latent(moments.subarray(0, moments.length / 2), [1, both / 2, height, width]);
  return scaled ? mean.scale(model.detected.latent.scale) : mean;
}
