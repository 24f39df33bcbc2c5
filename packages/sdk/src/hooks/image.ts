import { type Infotext, isInfotext } from '../values/infotext.js';
import type { Latent } from '../values/latent.js';
import { isRaster, type Raster } from '../values/raster.js';
import type { ImageScope, JobModelScope } from './contexts.js';
import { first, guarded, observe, record, transform } from './kinds.js';
import { isCount, isText } from './predicates.js';

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
export interface GridLayout {
  readonly columns: number;
  readonly rows: number;
}

const raster = guarded<Raster>('Raster', (value) => isRaster(value));
const rasters = guarded<readonly Raster[]>('Raster[]', (value) => Array.isArray(value) && value.every(isRaster));

export const imageHooks = {
  /** Decodes a latent in place of the model's own decoder. */
  decode: first<Latent, readonly Raster[], JobModelScope>(rasters),
  /** All pictures of one batch. */
  batch: transform<readonly Raster[], JobModelScope>(rasters),
  /** One picture; rungs: Restore 50, Upscale 60. */
  each: transform<Raster, ImageScope>(raster),
  /** One picture after the unmasked part was pasted back. */
  composite: transform<Raster, ImageScope>(raster),
  /** The generation parameters of one picture. */
  infotext: transform<Infotext, ImageScope>(guarded('Infotext', isInfotext)),
  /** A picture about to be written. */
  saving: transform<SaveRequest, ImageScope>(record<SaveRequest>('SaveRequest', { path: isText, image: isRaster, infotext: isInfotext })),
  /** A picture was written. */
  saved: observe<SavedImage, ImageScope>(),
  /** Columns and rows of the grid. */
  grid: transform<GridLayout, JobModelScope>(record<GridLayout>('GridLayout', { columns: isCount, rows: isCount })),
} as const;
