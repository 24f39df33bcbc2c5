import type { Latent, Raster } from '@armature/sdk';
import type { Engine } from '../engine.js';
import type { DenoisedRun } from '../sampling/denoise.js';
import { type Coder, decodePicture } from './decode-picture.js';

/** The finished latent of a batch → pictures, one at a time as the reference does. @throws HostError GRAPH_NAN, JOB_CANCELLED, RUNTIME_* */
export async function decodeBatch(engine: Engine, { latent: denoised, run, by }: DenoisedRun): Promise<readonly Raster[]> {
  const { sampling, image } = engine.generation.hooks;
  const latent = await sampling.done.transform(denoised, run.model.scope);
  return run.job.clock.time('decode', async () => {
    const answer = image.decode.tapped ? await image.decode.first(latent, run.model.scope) : undefined;
    return answer ?? decodeLatent(by, latent);
  });
}

/** The model's own decoder, one picture at a time. */
export async function decodeLatent(coder: Coder, latent: Latent): Promise<readonly Raster[]> {
  coder.job.progress.stage('decode');
  const rasters: Raster[] = [];
  for (let row = 0; row < latent.batch; row++) rasters.push(await decodePicture(coder, latent.rows(row, row + 1)));
  return rasters;
}
