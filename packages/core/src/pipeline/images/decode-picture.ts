import type { Latent, Raster, Tensor } from '@armature/sdk';
import { viewOf } from '@armature/sdk/internal';
import { toRasters } from '../../image/index.js';
import type { Job } from '../../jobs/index.js';
import type { JobModel } from '../models/acquire-model.js';
import type { JobNetworks } from '../models/plan-graphs.js';
import { assertFinite } from './assert-finite.js';
import { inTiles } from './in-tiles.js';
import { vaeTile } from './vae-tile.js';

/** Whose autoencoder is at work. */
export interface Coder {
  readonly job: Job;
  readonly model: JobModel;
  readonly networks: JobNetworks;
}

/** One row of a latent → its picture; in tiles where `vaeTile` says so. @throws HostError GRAPH_NAN, JOB_CANCELLED, RUNTIME_* */
export async function decodePicture({ job, model, networks }: Coder, row: Latent): Promise<Raster> {
  const { scale, downscale } = model.detected.latent;
  const session = await networks.session('vae-decoder');
  const decode = async (latent: Tensor): Promise<Tensor> => {
    const { outputs } = await session.run({ latent: [latent] }, { signal: job.info.signal });
    await assertFinite(viewOf(outputs.image as Tensor), 'The VAE decoder', (model.vae ?? model.info).path);
    return outputs.image as Tensor;
  };
  const network = model.detected.networks.find(({ name }) => name === 'vae-decoder');
  const size = { width: row.width * downscale, height: row.height * downscale };
  const tile = vaeTile(job.settings, network, size, networks.budgetBytes);
  const latent = row.div(scale);
  const image = tile ? await inTiles(latent, { side: tile / downscale, scale: downscale, work: decode }) : await decode(latent);
  const [raster] = await toRasters(image);
  return raster as Raster;
}
