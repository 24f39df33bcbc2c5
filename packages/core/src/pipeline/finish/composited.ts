import type { Raster } from '@armature/sdk';

/** A picture of image to image after its colours were corrected and the part outside the mask was pasted back. */
export interface Composited {
  readonly image: Raster;
  /** The same without colour correction, where there was some. */
  readonly before?: Raster | undefined;
  /** The mask as it was used, of any channel count; undefined where nothing was masked. */
  readonly mask?: Raster | undefined;
  /** The masked part alone, RGBA. */
  readonly maskComposite?: Raster | undefined;
}
