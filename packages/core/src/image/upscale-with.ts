import type { Raster, UpscalerContribution, UpscaleScope } from '@armature/sdk';
import type { FitImageOptions } from './fit-image.js';
import { upscaleImage } from './upscale-image.js';

/** What `fitImage` takes to enlarge with an upscaler; for `None` nothing, as the reference resamples then. */
export function upscaleWith(upscaler: UpscalerContribution, scope: Omit<UpscaleScope, 'scale'>): FitImageOptions['upscale'] {
  if (upscaler.name === 'None') return undefined;
  return (image: Raster, size) =>
    upscaleImage(upscaler, image, { ...scope, scale: Math.max(size.width / image.width, size.height / image.height) });
}
