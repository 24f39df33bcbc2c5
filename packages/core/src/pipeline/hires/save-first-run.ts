import type { Raster } from '@armature/sdk';
import type { Batch } from '../../jobs/index.js';
import { describeImage } from '../describe/describe-image.js';
import type { Engine } from '../engine.js';
import { saveBefore } from '../finish/save-before.js';
import { decodeLatent } from '../images/decode.js';
import type { DenoisedRun } from '../sampling/denoise.js';

/** Saves what the first run made, with the parameters that make it again alone. `decoded`: its pictures, if there are some yet. */
export async function saveFirstRun(engine: Engine, first: DenoisedRun, batch: Batch, decoded: readonly Raster[]): Promise<void> {
  const rasters = decoded.length > 0 ? decoded : await decodeLatent(first.by, first.latent);
  for (const [offset, raster] of rasters.entries()) {
    const index = batch.first + offset;
    const { infotext } = await describeImage(engine, { first, hires: undefined, maskEmpty: false }, index);
    await saveBefore(engine, first.run, raster, { index, suffix: '-before-highres-fix', infotext });
  }
}
