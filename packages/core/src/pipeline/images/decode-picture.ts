import type { Latent, Raster, Tensor } from '@armature/sdk';
import { viewOf } from '@armature/sdk/internal';
import { toRasters } from '../../image/index.js';
import type { Job } from '../../jobs/index.js';
import type { JobModel } from '../models/acquire-model.js';
import type { JobNetworks } from '../models/plan-graphs.js';
import { assertFinite } from './assert-finite.js';

/** Whose autoencoder is at work. */
export interface Coder {
  readonly job: Job;
  readonly model: JobModel;
  readonly networks: JobNetworks;
}

/** One row of a latent → its picture. @throws HostError GRAPH_NAN, JOB_CANCELLED, RUNTIME_* */
export async function decodePicture({ job, model, networks }: Coder, row: Latent): Promise<Raster> {
  const session = await networks.session('vae-decoder');
  const { outputs } = await session.run({ latent: [row.div(model.detected.latent.scale)] }, { signal: job.info.signal });
  const image = outputs.image as Tensor;
  await assertFinite(viewOf(image), 'The VAE decoder', (model.vae ?? model.info).path);
  const [raster] = await toRasters(image);
  return raster as Raster;
}
