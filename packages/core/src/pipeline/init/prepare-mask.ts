import type { MaskRequest, Raster } from '@armature/sdk';
import {
  blurMask,
  cropImage,
  doubleMask,
  expandRegion,
  fitImage,
  invertMask,
  maskRegion,
  type Region,
  readMask,
} from '../../image/index.js';
import type { PictureSize } from '../run.js';

/** A mask as an image-to-image run uses it; white is painted anew. */
export interface PreparedMask {
  /** At the size of the run. */
  readonly mask: Raster;
  /** At the size of the whole picture: where the given picture does not show through. */
  readonly overlay: Raster;
  /** The box of the given picture that is painted; undefined: all of it. */
  readonly region: Region | undefined;
}

/**
 * Reads, inverts, blurs and fits a mask (`StableDiffusionProcessingImg2Img.init`). Undefined: nothing of it is white, so
 * that with area `masked` there is no box to paint.
 */
export async function prepareMask(request: MaskRequest, size: PictureSize, fit: MaskFit): Promise<PreparedMask | undefined> {
  const read = await readMask(request.image, { round: request.round });
  const mask = await blurMask(request.invert ? await invertMask(read) : read, request.blurX, request.blurY);
  return request.area === 'masked' ? maskedArea(mask, request.padding, size, fit) : wholePicture(mask, size, fit);
}

export interface MaskFit {
  readonly mode: 'stretch' | 'crop' | 'fill';
  /** Size of the given picture. */
  readonly picture: PictureSize;
}

async function wholePicture(mask: Raster, size: PictureSize, { mode }: MaskFit): Promise<PreparedMask> {
  const fitted = await fitImage(mask, { ...size, mode });
  return { mask: fitted, overlay: await doubleMask(fitted), region: undefined };
}

/** A mask of another size than its picture is stretched over it. */
async function maskedArea(given: Raster, padding: number, size: PictureSize, { picture }: MaskFit): Promise<PreparedMask | undefined> {
  const same = given.width === picture.width && given.height === picture.height;
  const mask = same ? given : await fitImage(given, { width: picture.width, height: picture.height, mode: 'stretch' });
  const box = maskRegion(mask, padding);
  if (!box) return undefined;
  const region = expandRegion(box, size, picture);
  return { mask: await fitImage(cropImage(mask, region), { ...size, mode: 'fill' }), overlay: mask, region };
}
