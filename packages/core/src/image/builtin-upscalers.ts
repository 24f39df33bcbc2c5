import type { Raster, UpscalerContribution } from '@armature/sdk';
import { type ResampleFilter, resample } from './resample.js';

const byFilter = (name: string, filter: ResampleFilter): UpscalerContribution => ({
  name,
  scale: 4,
  upscale: (image: Raster, { scale }) =>
    resample(image, { width: Math.max(1, Math.trunc(image.width * scale)), height: Math.max(1, Math.trunc(image.height * scale)) }, filter),
});

/** The webui's upscalers without a network, in its order. `None` leaves the picture as it is. */
export const builtinUpscalers: readonly UpscalerContribution[] = Object.freeze([
  { name: 'None', scale: 4, upscale: async (image: Raster) => image },
  byFilter('Lanczos', 'lanczos'),
  byFilter('Nearest', 'nearest'),
]);
