import type { Raster, UpscalerContribution, UpscaleScope } from '@armature/sdk';
import { resample } from './resample.js';

/** How often an upscaler of fixed scale may run on its own result. */
const ROUNDS = 3;

const floorTo8 = (side: number): number => Math.max(8, Math.floor(side / 8) * 8);

/**
 * A picture `scale` times as large, its sides rounded down to multiples of 8 (`Upscaler.upscale`): the upscaler runs
 * until that size is reached, at most three times; the rest, up or down, is done by the Lanczos filter.
 * @throws the signal's reason.
 */
export async function upscaleImage(
  upscaler: Pick<UpscalerContribution, 'upscale'>,
  image: Raster,
  { scale, signal, settings }: UpscaleScope,
): Promise<Raster> {
  const size = { width: floorTo8(image.width * scale), height: floorTo8(image.height * scale) };
  let grown = image;
  for (let round = 0; round < ROUNDS; round++) {
    const reached = grown.width >= size.width && grown.height >= size.height;
    if (reached && (round > 0 || scale !== 1)) break;
    signal.throwIfAborted();
    const before = grown;
    grown = await upscaler.upscale(before, { scale, signal, settings });
    if (grown.width === before.width && grown.height === before.height) break;
  }
  return resample(grown, size, 'lanczos');
}
