import { type Infotext, isInfotext } from '../values/infotext.js';
import type { Latent } from '../values/latent.js';
import { isRaster, type Raster } from '../values/raster.js';
import type { ImageScope, JobModelScope } from './contexts.js';
import { first, guarded, observe, record, transform } from './kinds.js';
import { isCount, isObject, isText } from './predicates.js';

/** A picture about to be written. */
export interface SaveRequest {
  /** Folder and file name, relative to the output folder, without extension. */
  readonly path: string;
  readonly image: Raster;
  readonly infotext: Infotext;
}
export interface SavedImage {
  readonly path: string;
  readonly image: Raster;
}
/** What is about to be written, or was: all of it belongs to the picture the context names, a grid to the job's first. */
export interface SavingScope extends ImageScope {
  /** `grid`: all pictures of the job in one. `mask`, `mask-composite`: what was painted anew, and that part alone. */
  readonly kind: 'picture' | 'grid' | 'mask' | 'mask-composite';
}
/** What of the given picture is laid over a result of inpainting. Both of the size of the whole given picture. */
export interface OverlayLayer {
  /** The brighter, the more of the result shows; 1 channel where nobody replaced it. */
  readonly mask: Raster;
  /** The given picture, whole: the mask is cut out of it afterwards. Undefined: nothing is laid over. */
  readonly overlay: Raster | undefined;
}
export interface OverlayScope extends ImageScope {
  /** The box of the given picture that was painted, pixels; undefined: all of it. */
  readonly region: { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | undefined;
}
export interface GridLayout {
  readonly columns: number;
  readonly rows: number;
}
export interface GridScope extends JobModelScope {
  /** In the order of their cells: row by row. Those without a cell are left out. */
  readonly images: readonly Raster[];
}

const raster = guarded<Raster>('Raster', (value) => isRaster(value));
const rasters = guarded<readonly Raster[]>('Raster[]', (value) => Array.isArray(value) && value.every(isRaster));
const layer = guarded<OverlayLayer>('OverlayLayer', (value, { mask: { width, height } }) => {
  const fits = (image: unknown): boolean => isRaster(image) && image.width === width && image.height === height;
  return (
    isObject(value) &&
    fits((value as OverlayLayer).mask) &&
    [undefined, true].includes((value as OverlayLayer).overlay && fits((value as OverlayLayer).overlay))
  );
});

export const imageHooks = {
  /** Decodes a latent in place of the model's own decoder. */
  decode: first<Latent, readonly Raster[], JobModelScope>(rasters),
  /** All pictures of one batch. */
  batch: transform<readonly Raster[], JobModelScope>(rasters),
  /** One picture; rungs: Restore 50, Upscale 60. */
  each: transform<Raster, ImageScope>(raster),
  /** What is about to be laid over one picture of a job with a mask; sizes stay. */
  overlay: transform<OverlayLayer, OverlayScope>(layer),
  /** One picture after the unmasked part was pasted back. */
  composite: transform<Raster, ImageScope>(raster),
  /** The generation parameters of one picture. */
  infotext: transform<Infotext, ImageScope>(guarded('Infotext', isInfotext)),
  /** A picture about to be written. */
  saving: transform<SaveRequest, SavingScope>(record<SaveRequest>('SaveRequest', { path: isText, image: isRaster, infotext: isInfotext })),
  /** A picture was written. */
  saved: observe<SavedImage, SavingScope>(),
  /** Columns and rows of a job’s grid; only jobs that save make one. */
  grid: transform<GridLayout, GridScope>(record<GridLayout>('GridLayout', { columns: isCount, rows: isCount })),
  /** Pictures given back behind a job's results: maps an extension saw, masks it made. They are not written to disk. */
  extras: transform<readonly Raster[], JobModelScope>(rasters),
} as const;
