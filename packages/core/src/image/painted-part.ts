import type { MaskRequest, PaintedPart, Raster } from '@armature/sdk';
import { blurMask } from './blur-mask.js';
import { expandRegion } from './expand-region.js';
import { fitImage } from './fit-image.js';
import { invertMask } from './invert-mask.js';
import { maskRegion } from './mask-region.js';
import { readMask } from './read-mask.js';
import type { RasterSize } from './resample.js';

/** A request's mask at its own size: read, inverted, blurred; 1 channel, white is painted anew. */
export async function softMask({ image, round, invert, blurX, blurY }: MaskRequest): Promise<Raster> {
  const read = await readMask(image, { round });
  return blurMask(invert ? await invertMask(read) : read, blurX, blurY);
}

export interface PaintedSizes {
  /** The size the part is made at. */
  readonly made: RasterSize;
  /** Size of the given picture; a mask of another size is stretched over it. */
  readonly picture: RasterSize;
}

/** What of a given picture is painted anew, and the box of it that is made. */
export async function paintedPart(request: MaskRequest, { made, picture }: PaintedSizes): Promise<PaintedPart> {
  const given = await softMask(request);
  const same = given.width === picture.width && given.height === picture.height;
  const mask = same ? given : await fitImage(given, { width: picture.width, height: picture.height, mode: 'stretch' });
  const box = request.area === 'masked' ? maskRegion(mask, request.padding) : undefined;
  return { mask, region: box && expandRegion(box, made, picture) };
}
