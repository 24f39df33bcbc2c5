import type { Latent, Raster, Tensor } from '@armature/sdk';
import { viewOf } from '@armature/sdk/internal';
import { toRasters } from '../image/index.js';
import { assertFinite } from './assert-finite.js';
import type { Engine } from './engine.js';
import type { Run } from './run.js';

/** Latent → pictures, one at a time as the reference does. @throws HostError GRAPH_NAN, JOB_CANCELLED, RUNTIME_* */
export async function decode(engine: Engine, run: Run, latent: Latent): Promise<readonly Raster[]> {
  const hook = engine.generation.hooks.image.decode;
  const answer = hook.tapped ? await hook.first(latent, run.model.scope) : undefined;
  return answer ?? decodeLatent(run, latent);
}

/** The model's own decoder. */
export async function decodeLatent({ job, model, networks }: Run, latent: Latent): Promise<readonly Raster[]> {
  const session = await networks.session('vae-decoder');
  job.progress.stage('decode');
  const rasters: Raster[] = [];
  for (let row = 0; row < latent.batch; row++) {
    const scaled = latent.rows(row, row + 1).div(model.detected.latent.scale);
    const { outputs } = await session.run({ latent: [scaled] }, { signal: job.info.signal });
    const image = outputs.image as Tensor;
    await assertFinite(viewOf(image), 'The VAE decoder', model.info.path);
    rasters.push(...(await toRasters(image)));
  }
  return rasters;
}
